// The service, in Go.
package main

import (
	conformancev1 "gen/conformance/v1"
	"gen/parigot"
)

type held struct {
	answer *conformancev1.MirrorHoldFuture
	text   *conformancev1.Text
}

type mirror struct {
	conformancev1.UnimplementedMirror
	held []held
}

func (*mirror) Echo(request *conformancev1.Text) *conformancev1.MirrorEchoFuture {
	return new(conformancev1.MirrorEchoFuture).Succeed(request)
}

func (*mirror) Refuse(request *conformancev1.Code) *conformancev1.MirrorRefuseFuture {
	return new(conformancev1.MirrorRefuseFuture).Fail(conformancev1.MirrorErr(request.Code))
}

func (m *mirror) Hold(request *conformancev1.Text) *conformancev1.MirrorHoldFuture {
	answer := new(conformancev1.MirrorHoldFuture)
	m.held = append(m.held, held{answer, request})
	return answer
}

func (m *mirror) Release() *conformancev1.MirrorReleaseFuture {
	for last := len(m.held) - 1; last >= 0; last-- {
		m.held[last].answer.Succeed(m.held[last].text)
	}
	m.held = nil
	return new(conformancev1.MirrorReleaseFuture).Succeed()
}

func (*mirror) Leave(request *conformancev1.Code) *conformancev1.MirrorLeaveFuture {
	parigot.ExitSelf(int(request.Code))
	return new(conformancev1.MirrorLeaveFuture)
}

func main() { conformancev1.MustRunMirror(&mirror{}) }
