// Package parigot is what a guest in Go is written with.
//
// A guest is one wasm module. Its main function sets up services and clients, then runs the event loop: one
// event at a time is handled, by the method or the callback that it belongs to. Nothing blocks but the loop, and
// everything happens in the goroutine of main, so a guest needs no locks. A call of another service returns a
// future; its outcome comes later as a callback, always exactly one. Other goroutines stand still while the loop waits
// for an event: hand work on by calls, not by goroutines.
package parigot

import (
	"os"
	"strconv"

	"parigot.studio/sdk/wire"
)

type operation int

const (
	opRegister operation = iota
	opRequire
	opExport
	opLaunch
	opLocate
	opBindMethod
	opDispatch
	opReadOne
	opReturnValue
	opExit
)

// Name is what a service is found by: {"greeting.v1", "Greeting"}.
type Name struct{ Package, Service string }

var (
	host    = Id{hexadecimal("HOSTID_HIGH"), hexadecimal("HOSTID_LOW")}
	request wire.Writer // of every call to the kernel
)

func hexadecimal(variable string) uint64 {
	value, _ := strconv.ParseUint(os.Getenv(variable), 16, 64)
	return value
}

func putText(w *wire.Writer, number uint32, text string) {
	w.Tag(number<<3 | 2)
	w.Bytes([]byte(text))
}

func putNames(w *wire.Writer, number uint32, names []Name) {
	for _, name := range names {
		w.Tag(number<<3 | 2)
		start := w.Begin()
		putText(w, 1, name.Package)
		putText(w, 2, name.Service)
		w.End(start)
	}
}

func idIn(response []byte, tag uint32) (id Id, err KernelErr) {
	r := wire.NewReader(response)
	for r.Next() {
		if r.Tag == tag {
			id = getId(&r)
		} else {
			r.Skip()
		}
	}
	if r.Err() != nil {
		return id, KernelErr_UnmarshalFailed
	}
	return id, 0
}

// Register makes a service of this guest, under a name for people.
func Register(debugName string) (ServiceId, KernelErr) {
	request.Reset()
	putId(&request, 1, host)
	putText(&request, 2, debugName)
	response, err := call(opRegister, request.Buffer)
	if err != 0 {
		return ServiceId{}, err
	}
	id, err := idIn(response, 1<<3|2)
	if loop.service == (Id{}) {
		loop.service = id
	}
	return ServiceId(id), err
}

// Require says that me needs services of these names to run.
func Require(me ServiceId, names ...Name) KernelErr {
	request.Reset()
	putNames(&request, 1, names)
	putId(&request, 2, Id(me))
	_, err := call(opRequire, request.Buffer)
	return err
}

// Export says that me is the service of these names.
func Export(me ServiceId, names ...Name) KernelErr {
	request.Reset()
	putId(&request, 1, Id(me))
	putNames(&request, 2, names)
	putId(&request, 3, host)
	_, err := call(opExport, request.Buffer)
	loop.exports = loop.exports || err == 0
	return err
}

// BindMethod makes handle answer the calls of one method of me.
func BindMethod(me ServiceId, method string, handle Handle) KernelErr {
	request.Reset()
	putId(&request, 1, host)
	putId(&request, 2, Id(me))
	putText(&request, 3, method)
	request.Tag(4 << 3)
	request.Int32(3) // both directions
	response, err := call(opBindMethod, request.Buffer)
	if err != 0 {
		return err
	}
	id, err := idIn(response, 1<<3|2)
	if err == 0 {
		loop.methods[binding{Id(me), id}] = handler{method, handle}
	}
	return err
}

// LaunchClient asks to start; the future succeeds once everything that me requires runs.
func LaunchClient(me ServiceId) *BaseFuture[KernelErr] {
	future := &BaseFuture[KernelErr]{}
	id := newCallId()
	request.Reset()
	putId(&request, 1, Id(me))
	putId(&request, 2, id)
	putId(&request, 3, host)
	putId(&request, 4, launchMethod)
	_, err := call(opLaunch, request.Buffer)
	await(id, future, err)
	loop.launched = true
	return future
}

// MustInitClient registers a guest that calls services of these names. On failure the guest ends.
func MustInitClient(debugName string, requires ...Name) ServiceId {
	me, err := Register(debugName)
	if err == 0 && len(requires) > 0 {
		err = Require(me, requires...)
	}
	if err != 0 {
		Error("cannot be set up", "name", debugName, "error", err.String())
		os.Exit(1)
	}
	return me
}

// Located is a service that can be called. Generated clients hold one.
type Located struct {
	service Id
	methods map[string]Id
}

// Locate finds a service that me has required.
func Locate(me ServiceId, name Name) (*Located, KernelErr) {
	request.Reset()
	putText(&request, 1, name.Package)
	putText(&request, 2, name.Service)
	putId(&request, 3, Id(me))
	response, err := call(opLocate, request.Buffer)
	if err != 0 {
		return nil, err
	}
	found := &Located{methods: map[string]Id{}}
	r := wire.NewReader(response)
	for r.Next() {
		switch r.Tag {
		case 2<<3 | 2:
			found.service = getId(&r)
		case 3<<3 | 2:
			var method string
			var id Id
			for outer := r.Enter(); r.More(&outer) && r.Next(); {
				switch r.Tag {
				case 1<<3 | 2:
					method = r.String()
				case 2<<3 | 2:
					id = getId(&r)
				default:
					r.Skip()
				}
			}
			found.methods[method] = id
		default:
			r.Skip()
		}
	}
	if r.Err() != nil {
		return nil, KernelErr_UnmarshalFailed
	}
	return found, 0
}

// MustLocate is Locate; on failure the guest ends.
func MustLocate(me ServiceId, name Name) *Located {
	found, err := Locate(me, name)
	if err != 0 {
		Error("cannot be located", "package", name.Package, "service", name.Service, "error", err.String())
		os.Exit(1)
	}
	return found
}

const typePrefix = "type.googleapis.com/"

// putAny writes a message as an Any; message may be nil, with the type alone.
func putAny(w *wire.Writer, number uint32, full string, message wire.Message) {
	w.Tag(number<<3 | 2)
	start := w.Begin()
	w.Tag(1<<3 | 2)
	w.Uint64(uint64(len(typePrefix) + len(full)))
	w.Buffer = append(append(w.Buffer, typePrefix...), full...)
	if message != nil {
		w.Tag(2<<3 | 2)
		w.Message(message)
	}
	w.End(start)
}

func getAny(r *wire.Reader) (value []byte) {
	for outer := r.Enter(); r.More(&outer) && r.Next(); {
		if r.Tag == 2<<3|2 {
			value = r.View()
		} else {
			r.Skip()
		}
	}
	return value
}

// Dispatch calls a method; its outcome goes to future. Generated clients use it.
func Dispatch(to *Located, method, full string, message wire.Message, future Waiting) {
	target, known := to.methods[method]
	if !known {
		await(Id{}, future, KernelErr_NotFound)
		return
	}
	id := newCallId()
	request.Reset()
	request.Tag(1<<3 | 2)
	start := request.Begin()
	putId(&request, 1, host)
	putId(&request, 2, to.service)
	putId(&request, 3, target)
	putId(&request, 4, id)
	request.End(start)
	putAny(&request, 3, full, message)
	err := KernelErr_MarshalFailed
	if request.Err == nil {
		_, err = call(opDispatch, request.Buffer)
	}
	await(id, future, err)
}
