// The callee of the benchmark, in Go.
package main

import pingpongv1 "gen/pingpong/v1"

type pong struct {
	pingpongv1.UnimplementedPong
}

func (pong) Pong(request *pingpongv1.Number) *pingpongv1.PongPongFuture {
	return new(pingpongv1.PongPongFuture).Succeed(&pingpongv1.Number{Number: request.Number})
}

func main() { pingpongv1.MustRunPong(pong{}) }
