// Panics while it waits for nobody: in a callback, long after its method has returned.
package main

import (
	"os"

	echov1 "gen/echo/v1"
	"gen/parigot"
)

type relay struct {
	echov1.UnimplementedRelay
	echo *echov1.EchoClient
}

func (r *relay) Ready(me parigot.ServiceId) bool {
	if why := os.Getenv("UNREADY"); why != "" {
		panic(why)
	}
	r.echo = echov1.MustLocateEcho(me)
	return true
}

func (r *relay) Later() *echov1.RelayLaterFuture {
	answer := new(echov1.RelayLaterFuture)
	r.echo.Ping().Success(func() {
		var nobody *echov1.Text
		answer.Succeed(&echov1.Text{Text: nobody.Text})
	})
	return answer
}

func main() { echov1.MustRunRelay(&relay{}, echov1.EchoName) }
