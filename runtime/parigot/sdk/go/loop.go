package parigot

import (
	"os"

	"parigot.studio/sdk/wire"
)

type binding struct{ service, method Id }

type handler struct {
	name string
	do   Handle
}

// pending is a future without an outcome, and the call that it was made for; nil for none.
type pending struct {
	future Waiting
	cause  *Call
}

type refused struct {
	pending
	code KernelErr
}

var loop = struct {
	service  Id // the first one
	exports  bool
	launched bool
	methods  map[binding]handler
	waiting  map[Id]pending
	refused  []refused // calls that the kernel has not taken, for the next turn
	current  *Call     // that the guest's code is running for

	asked, cleaned bool
	exitCall       Id
	exitCode       int32
	cleanup        func(code int32)
}{methods: map[binding]handler{}, waiting: map[Id]pending{}}

func await(id Id, future Waiting, err KernelErr) {
	one := pending{future, loop.current}
	if err != 0 {
		loop.refused = append(loop.refused, refused{one, err})
	} else {
		loop.waiting[id] = one
	}
}

// MustRunClient runs the event loop until the guest ends. It does not return.
func MustRunClient() {
	for {
		turn()
	}
}

func turn() {
	if len(loop.refused) > 0 {
		first := loop.refused[0]
		loop.refused = loop.refused[1:]
		guard("callback", first.cause, func() { first.future.settle(nil, int32(first.code)) })
		return
	}
	request.Reset()
	request.Tag(1 << 3)
	request.Int32(-1)
	putId(&request, 2, host)
	event, err := call(opReadOne, request.Buffer)
	if err == KernelErr_ReadOneTimeout {
		return
	}
	if err != 0 {
		Error("no event can be read", "error", err.String())
		os.Exit(1)
	}
	if !handle(event) {
		Error("an event is malformed", "bytes", len(event))
	}
}

// outcomeOf reads a ResolvedCall (with the tags of its call, its result and its code) or an ExitPair.
func outcomeOf(r *wire.Reader, idTag, resultTag, codeTag uint32) (id Id, result []byte, code int32) {
	for outer := r.Enter(); r.More(&outer) && r.Next(); {
		switch r.Tag {
		case idTag:
			id = getId(r)
		case codeTag:
			code = r.Int32()
		case resultTag:
			result = getAny(r)
		default:
			r.Skip()
		}
	}
	return
}

func handle(event []byte) bool {
	var bundle, payload []byte
	var id Id
	var code int32
	var resolved, exit bool
	r := wire.NewReader(event)
	for r.Next() {
		switch r.Tag {
		case 2<<3 | 2:
			bundle = r.View()
		case 3<<3 | 2:
			payload = getAny(&r)
		case 5<<3 | 2:
			resolved = true
			id, payload, code = outcomeOf(&r, 2<<3|2, 4<<3|2, 5<<3)
		case 6<<3 | 2:
			exit = true
			id, _, code = outcomeOf(&r, 1<<3|2, 0, 2<<3)
		default:
			r.Skip()
		}
	}
	if r.Err() != nil {
		return false
	}
	switch {
	case exit:
		cleanUp(code)
		os.Exit(int(code))
	case resolved:
		if one, known := loop.waiting[id]; known {
			delete(loop.waiting, id)
			guard("callback", one.cause, func() { one.future.settle(payload, code) })
		} else if loop.asked && id == loop.exitCall {
			cleanUp(loop.exitCode)
		}
	case bundle != nil:
		incoming(bundle, payload)
	}
	return true
}

func incoming(bundle, payload []byte) {
	service, err := idIn(bundle, 2<<3|2)
	method, err2 := idIn(bundle, 3<<3|2)
	// The buffer belongs to the next call to the kernel: what outlives the handler is copied.
	one := &Call{bundle: append([]byte(nil), bundle...)}
	found, known := loop.methods[binding{service, method}]
	if err != 0 || err2 != 0 || !known {
		one.Fail(int32(KernelErr_IdDispatch))
		return
	}
	guard(found.name, one, func() { found.do(one, payload) })
}

// OnExit has do called once before the guest ends, also when the runtime ends it.
func OnExit(do func(code int32)) { loop.cleanup = do }

func cleanUp(code int32) {
	if loop.cleaned || loop.cleanup == nil {
		return
	}
	loop.cleaned = true
	guard("cleanup", nil, func() { loop.cleanup(code) })
}

// ExitSelf asks to end this guest with a code of 0 to 192. Return to the event loop after it.
func ExitSelf(code int) { exit(int32(code), false) }

// Shutdown asks to end the whole run.
func Shutdown(code int) { exit(int32(code), true) }

func putPair(w *wire.Writer, code int32) {
	w.Tag(1<<3 | 2)
	start := w.Begin()
	putId(w, 1, loop.service)
	w.Tag(2 << 3)
	w.Int32(code)
	w.End(start)
}

func exit(code int32, all bool) {
	if loop.asked {
		return
	}
	if code < 0 || code > 192 {
		code = 192
	}
	loop.exitCode = code
	if !loop.launched {
		cleanUp(code)
		os.Exit(int(code))
	}
	loop.asked = true
	loop.exitCall = newCallId()
	request.Reset()
	putPair(&request, code)
	putId(&request, 2, loop.exitCall)
	putId(&request, 3, host)
	putId(&request, 4, exitMethod)
	request.Tag(5 << 3)
	request.Bool(all)
	_, err := call(opExit, request.Buffer)
	if err == 0 {
		var bundle wire.Writer
		putId(&bundle, 1, host)
		putId(&bundle, 2, loop.service)
		putId(&bundle, 3, exitMethod)
		putId(&bundle, 4, loop.exitCall)
		err = returnValue(bundle.Buffer, "syscall.v1.ExitResponse", exitPair(code), 0)
	}
	if err != 0 {
		Error("the exit call failed; ending at once", "error", err.String())
		cleanUp(code)
		os.Exit(int(code))
	}
}

// exitPair is an ExitResponse.
type exitPair int32

func (exitPair) FullName() string            { return "syscall.v1.ExitResponse" }
func (code exitPair) WriteTo(w *wire.Writer) { putPair(w, int32(code)) }
func (exitPair) MergeFrom(r *wire.Reader)    {}
