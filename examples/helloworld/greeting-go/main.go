// The service greeting.v1.Greeting: one method, three tongues.
package main

import (
	greetingv1 "gen/greeting/v1"
	"gen/parigot"
)

var tongues = [...]string{"unspecified", "english", "french", "german"}
var greetings = [...]string{"", "hello", "bonjour", "guten tag"}

type greeting struct {
	greetingv1.UnimplementedGreeting
}

func (greeting) Ready(me parigot.ServiceId) bool {
	parigot.Info("greeting ready", "languages", "english,french,german")
	return true
}

func (greeting) FetchGreeting(request *greetingv1.FetchGreetingRequest) *greetingv1.GreetingFetchGreetingFuture {
	answer := new(greetingv1.GreetingFetchGreetingFuture)
	tongue := request.Tongue
	if tongue < greetingv1.Tongue_English || tongue > greetingv1.Tongue_German {
		parigot.Warn("nobody here speaks that", "tongue", int32(tongue))
		return answer.Fail(greetingv1.GreetErr_UnknownLang)
	}
	text := greetings[tongue]
	parigot.Info("greeting someone", "language", tongues[tongue], "greeting", parigot.Quoted(text))
	return answer.Succeed(&greetingv1.FetchGreetingResponse{Greeting: text})
}

func main() { greetingv1.MustRunGreeting(greeting{}) }
