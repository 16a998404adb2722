// The script, in Go.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	conformancev1 "gen/conformance/v1"
	"gen/parigot"
)

const mib = 1 << 20

var client *conformancev1.MirrorClient

func say(what string, message *conformancev1.Text, next func()) {
	client.Echo(message).Success(func(reply *conformancev1.Text) {
		fmt.Printf("%s: %d %d\n", what, len(reply.Text), reply.Number)
		next()
	})
}

func failed(what string, next func()) func(conformancev1.MirrorErr) {
	return func(code conformancev1.MirrorErr) {
		fmt.Printf("%s: %d\n", what, int32(code))
		next()
	}
}

func refuse(codes []int32, next func()) {
	if len(codes) == 0 {
		next()
		return
	}
	again := func() { refuse(codes[1:], next) }
	client.Refuse(&conformancev1.Code{Code: codes[0]}).Failure(failed(fmt.Sprintf("refuse %d", codes[0]), again))
}

func many(number, calls, total int64, next func()) {
	if number == calls {
		fmt.Printf("many: %d\n", total)
		next()
		return
	}
	client.Echo(&conformancev1.Text{Number: number}).Success(func(reply *conformancev1.Text) {
		many(number+1, calls, total+reply.Number, next)
	})
}

func hold(next func()) {
	left, sum := 50, int64(0)
	for number := int64(0); number < 50; number++ {
		client.Hold(&conformancev1.Text{Number: number}).Success(func(reply *conformancev1.Text) {
			sum += number * reply.Number
			if left--; left == 0 {
				fmt.Printf("held: %d\n", sum)
				next()
			}
		})
	}
	client.Release()
}

func script() {
	calls, _ := strconv.ParseInt(os.Args[1], 10, 64)
	say("echo", &conformancev1.Text{Text: "hello", Number: -7}, func() {
		say("empty", &conformancev1.Text{}, func() {
			refuse([]int32{1, 3, 40, 23, -5}, func() {
				say("large", &conformancev1.Text{Text: strings.Repeat("x", mib)}, func() {
					tooLarge := &conformancev1.Text{Text: strings.Repeat("x", 5*mib)}
					client.Echo(tooLarge).Failure(failed("too large", func() {
						many(0, calls, 0, func() { hold(leave) })
					}))
				})
			})
		})
	})
}

func leave() {
	client.Leave(&conformancev1.Code{Code: 9}).Failure(failed("leave", func() {
		client.Echo(&conformancev1.Text{Text: "anybody?"}).Failure(failed("gone", func() { parigot.ExitSelf(5) }))
	}))
}

func main() {
	me := parigot.MustInitClient("probe", conformancev1.MirrorName)
	parigot.LaunchClient(me).Success(func() {
		client = conformancev1.MustLocateMirror(me)
		script()
	})
	parigot.MustRunClient()
}
