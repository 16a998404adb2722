// Calls the service echo: a panic, a mebibyte each way, then many calls one after the other.
package main

import (
	"os"

	echov1 "gen/echo/v1"
	"gen/parigot"
)

const calls = 2000

var client *echov1.EchoClient
var relay *echov1.RelayClient

func failed(what string) func(echov1.EchoErr) {
	return func(code echov1.EchoErr) {
		parigot.Error(what, "error", code)
		parigot.ExitSelf(1)
	}
}

func large() {
	text := make([]byte, 3<<19)
	for at := range text {
		text[at] = byte(at * 7)
	}
	client.Say(&echov1.Text{Text: text}).Success(func(reply *echov1.Text) {
		if string(reply.Text) != string(text) {
			parigot.ExitSelf(2)
			return
		}
		os.Stdout.WriteString("large came back\n")
		many(calls)
	}).Failure(failed("large"))
}

func many(left int) {
	if left == 0 {
		os.Stdout.WriteString("many done\n")
		parigot.ExitSelf(7)
		return
	}
	client.Ping().Success(func() { many(left - 1) }).Failure(failed("ping"))
}

func main() {
	me := parigot.MustInitClient("ask", echov1.EchoName, echov1.RelayName)
	parigot.LaunchClient(me).Success(func() {
		if len(os.Args) > 1 {
			panic(os.Args[1])
		}
		client = echov1.MustLocateEcho(me)
		relay = echov1.MustLocateRelay(me)
		client.Panic().Failure(func(code echov1.EchoErr) {
			os.Stdout.WriteString("panic: " + code.String() + "\n")
			relay.Later().Failure(func(code echov1.EchoErr) {
				os.Stdout.WriteString("later: " + code.String() + "\n")
				large()
			})
		})
	}).Failure(func(code parigot.KernelErr) { parigot.ExitSelf(3) })
	parigot.MustRunClient()
}
