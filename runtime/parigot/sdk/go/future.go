package parigot

import "parigot.studio/sdk/wire"

// Waiting is a future, as the event loop sees it.
type Waiting interface {
	settle(payload []byte, code int32)
}

type outcome int

const (
	open outcome = iota
	succeeded
	failed
)

// MethodFuture is the outcome of a call: a *T, or an error of the service's or the kernel's. The zero value is open.
type MethodFuture[T any, E ~int32] struct {
	state   outcome
	value   *T
	code    E
	success []func(*T)
	failure []func(E)
}

// Success has do called with the result, at once where it is there.
func (f *MethodFuture[T, E]) Success(do func(*T)) *MethodFuture[T, E] {
	if f.state == succeeded {
		do(f.value)
	} else if f.state == open {
		f.success = append(f.success, do)
	}
	return f
}

// Failure has do called with the error, at once where it is there.
func (f *MethodFuture[T, E]) Failure(do func(E)) *MethodFuture[T, E] {
	if f.state == failed {
		do(f.code)
	} else if f.state == open {
		f.failure = append(f.failure, do)
	}
	return f
}

// Succeed gives the result; a future that has an outcome keeps it.
func (f *MethodFuture[T, E]) Succeed(value *T) *MethodFuture[T, E] {
	if f.state == open {
		f.state, f.value = succeeded, value
		for _, do := range f.success {
			do(value)
		}
		f.success, f.failure = nil, nil
	}
	return f
}

// Fail gives the error, which must not be 0; a future that has an outcome keeps it.
func (f *MethodFuture[T, E]) Fail(code E) *MethodFuture[T, E] {
	if f.state == open {
		f.state, f.code = failed, orExecError(code)
		for _, do := range f.failure {
			do(f.code)
		}
		f.success, f.failure = nil, nil
	}
	return f
}

func (f *MethodFuture[T, E]) settle(payload []byte, code int32) {
	if code == 0 {
		value := new(T)
		if wire.Unmarshal(payload, any(value).(wire.Message)) == nil {
			f.Succeed(value)
			return
		}
		code = int32(KernelErr_UnmarshalFailed)
	}
	if len(f.failure) == 0 {
		unheard(code)
	}
	f.Fail(E(code))
}

// BaseFuture is the outcome of what has no result: it succeeds, or it fails. The zero value is open.
type BaseFuture[E ~int32] struct {
	state   outcome
	code    E
	success []func()
	failure []func(E)
}

// Success has do called on success, at once where that is known.
func (f *BaseFuture[E]) Success(do func()) *BaseFuture[E] {
	if f.state == succeeded {
		do()
	} else if f.state == open {
		f.success = append(f.success, do)
	}
	return f
}

// Failure has do called with the error, at once where it is there.
func (f *BaseFuture[E]) Failure(do func(E)) *BaseFuture[E] {
	if f.state == failed {
		do(f.code)
	} else if f.state == open {
		f.failure = append(f.failure, do)
	}
	return f
}

// Succeed says that all went well; a future that has an outcome keeps it.
func (f *BaseFuture[E]) Succeed() *BaseFuture[E] {
	if f.state == open {
		f.state = succeeded
		for _, do := range f.success {
			do()
		}
		f.success, f.failure = nil, nil
	}
	return f
}

// Fail gives the error, which must not be 0; a future that has an outcome keeps it.
func (f *BaseFuture[E]) Fail(code E) *BaseFuture[E] {
	if f.state == open {
		f.state, f.code = failed, orExecError(code)
		for _, do := range f.failure {
			do(f.code)
		}
		f.success, f.failure = nil, nil
	}
	return f
}

func (f *BaseFuture[E]) settle(payload []byte, code int32) {
	if code == 0 {
		f.Succeed()
		return
	}
	if len(f.failure) == 0 {
		unheard(code)
	}
	f.Fail(E(code))
}

func orExecError[E ~int32](code E) E {
	if code == 0 {
		return E(KernelErr_ExecError)
	}
	return code
}

func unheard(code int32) {
	Warn("a call failed and nobody asked for its outcome", "code", code, "error", KernelErr(code).String())
}
