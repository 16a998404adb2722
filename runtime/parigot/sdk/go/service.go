package parigot

import (
	"os"

	"parigot.studio/sdk/wire"
)

// Call is a call that this guest has got and not answered yet.
type Call struct {
	bundle   []byte
	answered bool
}

// Handle answers one call, at once or later; request is only valid until it returns.
type Handle func(call *Call, request []byte)

// Method is an rpc of a service.
type Method struct {
	Name   string
	Handle Handle
}

// MustServe sets up a service and asks to launch it. On failure the guest ends.
//
// ready is called with the service's id once everything that it requires runs; false ends the guest.
func MustServe(name Name, methods []Method, ready func(me ServiceId) bool, requires []Name) ServiceId {
	me := MustInitClient(name.Service, requires...)
	err := Export(me, name)
	for _, method := range methods {
		if err == 0 {
			err = BindMethod(me, method.Name, method.Handle)
		}
	}
	if err != 0 {
		Error("cannot be set up", "service", name.Service, "error", err.String())
		os.Exit(1)
	}
	LaunchClient(me).Success(func() {
		yes := false
		guard("Ready", nil, func() { yes = ready(me) })
		if !yes {
			Error("is not ready", "service", name.Service)
			ExitSelf(1)
		}
	}).Failure(func(err KernelErr) {
		Error("cannot start", "service", name.Service, "error", err.String())
		ExitSelf(1)
	})
	return me
}

// Reply answers with a message; nil is an empty one.
func (c *Call) Reply(full string, message wire.Message) { c.answer(full, message, 0) }

// Fail answers with an error of the service's, or the kernel's.
func (c *Call) Fail(code int32) { c.answer("", nil, orExecError(code)) }

func (c *Call) answer(full string, message wire.Message, code int32) {
	if c.answered {
		return
	}
	c.answered = true
	err := returnValue(c.bundle, full, message, code)
	if err == KernelErr_DataTooLarge || err == KernelErr_MarshalFailed {
		returnValue(c.bundle, "", nil, int32(err))
	}
}

func returnValue(bundle []byte, full string, message wire.Message, code int32) KernelErr {
	request.Reset()
	request.Tag(1<<3 | 2)
	request.Bytes(bundle)
	if full != "" {
		putAny(&request, 2, full, message)
	}
	if code != 0 {
		request.Tag(3 << 3)
		request.Int32(code)
	}
	if request.Err != nil {
		return KernelErr_MarshalFailed
	}
	_, err := call(opReturnValue, request.Buffer)
	return err
}

func decode[T any](call *Call, payload []byte) *T {
	value := new(T)
	if err := wire.Unmarshal(payload, any(value).(wire.Message)); err != nil {
		Error("that request is no message", "bytes", len(payload), "error", err.Error())
		call.Fail(int32(KernelErr_UnmarshalFailed))
		return nil
	}
	return value
}

func replies[T any, E ~int32](call *Call, future *MethodFuture[T, E]) {
	if future == nil {
		call.Fail(dispatchError)
		return
	}
	future.Success(func(value *T) {
		if value == nil {
			value = new(T)
		}
		message := any(value).(wire.Message)
		call.Reply(message.FullName(), message)
	}).Failure(func(code E) { call.Fail(int32(code)) })
}

func ends[E ~int32](call *Call, reply string, future *BaseFuture[E]) {
	if future == nil {
		call.Fail(dispatchError)
		return
	}
	future.Success(func() { call.Reply(reply, nil) }).Failure(func(code E) { call.Fail(int32(code)) })
}

// InOut handles a method with a request and a reply.
func InOut[Q, T any, E ~int32](do func(*Q) *MethodFuture[T, E]) Handle {
	return func(call *Call, payload []byte) {
		if request := decode[Q](call, payload); request != nil {
			replies(call, do(request))
		}
	}
}

// Out handles a method without a request.
func Out[T any, E ~int32](do func() *MethodFuture[T, E]) Handle {
	return func(call *Call, payload []byte) { replies(call, do()) }
}

// In handles a method without a reply; reply is the full name of the empty message.
func In[Q any, E ~int32](reply string, do func(*Q) *BaseFuture[E]) Handle {
	return func(call *Call, payload []byte) {
		if request := decode[Q](call, payload); request != nil {
			ends(call, reply, do(request))
		}
	}
}

// Bare handles a method without request and reply; reply is the full name of the empty message.
func Bare[E ~int32](reply string, do func() *BaseFuture[E]) Handle {
	return func(call *Call, payload []byte) { ends(call, reply, do()) }
}
