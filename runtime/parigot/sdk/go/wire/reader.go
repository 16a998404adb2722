// Package wire reads and writes the protobuf wire format, without reflection. Generated code uses it.
package wire

import (
	"errors"
	"math"
	"unicode/utf8"
)

// Message is what generated messages are.
type Message interface {
	// FullName is the protobuf name, "greeting.v1.FetchGreetingRequest".
	FullName() string
	// WriteTo appends the message to what w holds.
	WriteTo(w *Writer)
	// MergeFrom reads fields until r has no more.
	MergeFrom(r *Reader)
}

// ErrMalformed is the error of bytes that are no protobuf message.
var ErrMalformed = errors.New("malformed protobuf message")

// ErrUTF8 is the error of a string that is not UTF-8.
var ErrUTF8 = errors.New("a string of a protobuf message is not UTF-8")

// ErrDepth is the error of messages that are nested too deeply.
var ErrDepth = errors.New("protobuf messages are nested too deeply")

const deepest = 100

// Reader walks the fields of one message. After an error it has no more fields.
type Reader struct {
	// Tag is the tag of the field that Next has found: number << 3 | wire type.
	Tag   uint32
	data  []byte
	at    int
	depth int
	err   error
}

// NewReader reads data, which is not changed and not kept.
func NewReader(data []byte) Reader { return Reader{data: data, depth: deepest} }

// Err is what was wrong; nil if nothing was.
func (r *Reader) Err() error { return r.err }

func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.at = len(r.data)
}

// Next reads the next field's tag; false at the end, and after an error.
func (r *Reader) Next() bool {
	if r.at >= len(r.data) {
		return false
	}
	if first := r.data[r.at]; first < 0x80 {
		r.at++
		r.Tag = uint32(first)
	} else {
		var tag uint64
		for shift := 0; ; shift += 7 {
			if r.at >= len(r.data) || shift >= 35 {
				r.fail(ErrMalformed)
				return false
			}
			b := r.data[r.at]
			r.at++
			tag |= uint64(b&0x7f) << shift
			if b < 0x80 {
				break
			}
		}
		if tag > math.MaxUint32 {
			r.fail(ErrMalformed)
			return false
		}
		r.Tag = uint32(tag)
	}
	if r.Tag>>3 == 0 {
		r.fail(ErrMalformed)
		return false
	}
	return true
}

// Skip passes over the value of a field that nobody knows.
func (r *Reader) Skip() {
	switch r.Tag & 7 {
	case 0:
		r.Uint64()
	case 1:
		r.Fixed64()
	case 2:
		r.view()
	case 3:
		r.skipGroup(r.Tag >> 3)
	case 5:
		r.Fixed32()
	default:
		r.fail(ErrMalformed)
	}
}

func (r *Reader) skipGroup(number uint32) {
	if r.depth--; r.depth < 0 {
		r.fail(ErrDepth)
		return
	}
	for r.Next() {
		if r.Tag&7 == 4 {
			if r.Tag>>3 != number {
				r.fail(ErrMalformed)
			}
			r.depth++
			return
		}
		r.Skip()
	}
	r.fail(ErrMalformed)
}

// Uint64 reads a varint.
func (r *Reader) Uint64() uint64 {
	if r.at < len(r.data) && r.data[r.at] < 0x80 {
		r.at++
		return uint64(r.data[r.at-1])
	}
	var value uint64
	for shift := 0; shift < 70; shift += 7 {
		if r.at >= len(r.data) {
			break
		}
		b := r.data[r.at]
		r.at++
		value |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return value
		}
	}
	r.fail(ErrMalformed)
	return 0
}

// Int64 reads a varint.
func (r *Reader) Int64() int64 { return int64(r.Uint64()) }

// Uint32 reads a varint; higher bits are dropped.
func (r *Reader) Uint32() uint32 { return uint32(r.Uint64()) }

// Int32 reads a varint; higher bits are dropped.
func (r *Reader) Int32() int32 { return int32(r.Uint64()) }

// Bool reads a varint.
func (r *Reader) Bool() bool { return r.Uint64() != 0 }

// Sint32 reads a zigzag varint.
func (r *Reader) Sint32() int32 {
	value := uint32(r.Uint64())
	return int32(value>>1) ^ -int32(value&1)
}

// Sint64 reads a zigzag varint.
func (r *Reader) Sint64() int64 {
	value := r.Uint64()
	return int64(value>>1) ^ -int64(value&1)
}

// Fixed32 reads four bytes.
func (r *Reader) Fixed32() uint32 {
	if len(r.data)-r.at < 4 {
		r.fail(ErrMalformed)
		return 0
	}
	b := r.data[r.at : r.at+4]
	r.at += 4
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

// Fixed64 reads eight bytes.
func (r *Reader) Fixed64() uint64 {
	if len(r.data)-r.at < 8 {
		r.fail(ErrMalformed)
		return 0
	}
	low := uint64(r.Fixed32())
	return low | uint64(r.Fixed32())<<32
}

// Sfixed32 reads four bytes.
func (r *Reader) Sfixed32() int32 { return int32(r.Fixed32()) }

// Sfixed64 reads eight bytes.
func (r *Reader) Sfixed64() int64 { return int64(r.Fixed64()) }

// Float reads four bytes.
func (r *Reader) Float() float32 { return math.Float32frombits(r.Fixed32()) }

// Double reads eight bytes.
func (r *Reader) Double() float64 { return math.Float64frombits(r.Fixed64()) }

// view is the field's bytes, still the reader's own.
func (r *Reader) view() []byte {
	length := r.Uint64()
	if length > uint64(len(r.data)-r.at) {
		r.fail(ErrMalformed)
		return nil
	}
	start := r.at
	r.at += int(length)
	return r.data[start:r.at]
}

// Bytes reads bytes: a copy, never nil.
func (r *Reader) Bytes() []byte {
	found := r.view()
	return append(make([]byte, 0, len(found)), found...)
}

// View reads bytes that are only valid as long as those of the reader.
func (r *Reader) View() []byte { return r.view() }

// String reads text.
func (r *Reader) String() string {
	found := r.view()
	if !utf8.Valid(found) {
		r.fail(ErrUTF8)
		return ""
	}
	return string(found)
}

// Enter goes into a field that holds others, for a loop:
//
//	for outer := r.Enter(); r.More(&outer); {
func (r *Reader) Enter() Reader {
	inner := r.view()
	outer := *r
	if r.err == nil {
		r.data, r.at = inner, 0
	}
	return outer
}

// More is whether the field that Enter went into goes on; where it does not, it leaves it.
func (r *Reader) More(outer *Reader) bool {
	if r.err == nil && r.at < len(r.data) {
		return true
	}
	r.leave(outer)
	return false
}

func (r *Reader) leave(outer *Reader) {
	r.data, r.at, r.depth = outer.data, outer.at, outer.depth
	if r.err != nil {
		r.at = len(r.data)
	}
}

// Message reads a field's message into what is there already.
func (r *Reader) Message(into Message) {
	outer := r.Enter()
	if r.err != nil {
		return
	}
	if r.depth--; r.depth < 0 {
		r.fail(ErrDepth)
	} else {
		into.MergeFrom(r)
	}
	r.leave(&outer)
}
