package parigot

import (
	"strconv"

	"parigot.studio/sdk/wire"
)

// Id names a host, a service, a method or a call.
type Id struct{ High, Low uint64 }

// The kinds of ids.
type (
	ServiceId Id
	MethodId  Id
	HostId    Id
	CallId    Id
)

const randomBits = 1<<48 - 1

var (
	launchMethod = Id{'m'<<56 | randomBits, 0xfffffffffffffff0}
	exitMethod   = Id{'m'<<56 | randomBits, 0xfffffffffffffff2}
	random       = seed()
)

// String is the short form, [svc-7c20].
func (id ServiceId) String() string { return short("svc", Id(id)) }

// String is the short form.
func (id MethodId) String() string { return short("method", Id(id)) }

// String is the short form.
func (id HostId) String() string { return short("host", Id(id)) }

// String is the short form.
func (id CallId) String() string { return short("call", Id(id)) }

func short(kind string, id Id) string {
	digits := "000" + strconv.FormatUint(id.Low&0xffff, 16)
	return "[" + kind + "-" + digits[len(digits)-4:] + "]"
}

// Random is a random number, of a generator that the kernel seeds.
func Random() uint64 {
	// xoroshiro128+
	a, b := random[0], random[1]
	sum := a + b
	b ^= a
	random[0] = (a<<24 | a>>40) ^ b ^ b<<16
	random[1] = b<<37 | b>>27
	return sum
}

func newCallId() Id { return Id{'c'<<56 | Random()&randomBits, Random()} }

func putId(w *wire.Writer, number uint32, id Id) {
	w.Tag(number<<3 | 2)
	start := w.Begin()
	w.Tag(1 << 3)
	w.Uint64(id.High)
	w.Tag(2 << 3)
	w.Uint64(id.Low)
	w.End(start)
}

func getId(r *wire.Reader) (id Id) {
	for outer := r.Enter(); r.More(&outer) && r.Next(); {
		switch r.Tag {
		case 1 << 3:
			id.High = r.Uint64()
		case 2 << 3:
			id.Low = r.Uint64()
		default:
			r.Skip()
		}
	}
	return id
}
