// The caller of the benchmark, in Go: `calls=N` calls, one after the other.
package main

import (
	"os"
	"strconv"
	"strings"

	"gen/parigot"
	pingpongv1 "gen/pingpong/v1"
)

var client *pingpongv1.PongClient

func call(left int64) {
	if left == 0 {
		parigot.ExitSelf(0)
		return
	}
	answer := client.Pong(&pingpongv1.Number{Number: left})
	answer.Success(func(*pingpongv1.Number) { call(left - 1) })
	answer.Failure(func(code pingpongv1.PongErr) {
		parigot.Error("a call failed", "error", code)
		parigot.ExitSelf(1)
	})
}

func main() {
	calls, _ := strconv.ParseInt(strings.TrimPrefix(os.Args[1], "calls="), 10, 64)
	me := parigot.MustInitClient("ping", pingpongv1.PongName)
	parigot.LaunchClient(me).Success(func() {
		client = pingpongv1.MustLocatePong(me)
		call(calls)
	})
	parigot.MustRunClient()
}
