// Gives back what it gets, and panics when asked to.
package main

import (
	echov1 "gen/echo/v1"
	"gen/parigot"
)

type echo struct{ echov1.UnimplementedEcho }

func (echo) Say(request *echov1.Text) *echov1.EchoSayFuture {
	return new(echov1.EchoSayFuture).Succeed(request)
}

func (echo) Panic() *echov1.EchoPanicFuture { panic("as asked") }

func (echo) Ping() *echov1.EchoPingFuture { return new(echov1.EchoPingFuture).Succeed() }

func main() {
	parigot.OnExit(func(code int32) { parigot.Info("cleaned up", "code", code) })
	echov1.MustRunEcho(echo{})
}
