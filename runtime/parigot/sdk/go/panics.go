package parigot

import (
	"runtime"
	"strconv"
	"strings"
)

const (
	dispatchError = 1 // in every enum of errors
	panicked      = 2 // the exit code, as Go itself has it
)

// guard runs code of the guest's for a call; nil for none. A panic is logged and fails the call, and a service lives
// on. A guest that serves nobody ends by a panic that no call can be told of.
func guard(where string, call *Call, do func()) {
	before := loop.current
	loop.current = call
	defer func() {
		loop.current = before
		problem := recover()
		if problem == nil {
			return
		}
		Error("panic", "in", where, "reason", plain(problem), "at", placeOfPanic())
		if call != nil {
			call.Fail(dispatchError)
		} else if !loop.exports {
			ExitSelf(panicked)
		}
	}()
	do()
}

// placeOfPanic is the file and line that panicked: below the runtime's own frames on the stack.
func placeOfPanic() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	for below := false; ; {
		frame, more := frames.Next()
		if ours := !strings.HasPrefix(frame.Function, "runtime."); below && ours {
			return frame.File + ":" + strconv.Itoa(frame.Line)
		}
		below = below || frame.Function == "runtime.gopanic"
		if !more {
			return "?"
		}
	}
}
