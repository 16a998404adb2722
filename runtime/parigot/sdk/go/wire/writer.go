package wire

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// Writer appends to Buffer. Err is the first thing that was wrong.
type Writer struct {
	Buffer []byte
	Err    error
	depth  int
}

const deepestWritten = 10000

// Reset empties the writer; its memory is used again.
func (w *Writer) Reset() { w.Buffer, w.Err, w.depth = w.Buffer[:0], nil, 0 }

// Tag writes a field's tag: number << 3 | wire type.
func (w *Writer) Tag(tag uint32) { w.Uint64(uint64(tag)) }

// Uint64 writes a varint.
func (w *Writer) Uint64(value uint64) {
	for value >= 0x80 {
		w.Buffer = append(w.Buffer, byte(value)|0x80)
		value >>= 7
	}
	w.Buffer = append(w.Buffer, byte(value))
}

// Int64 writes a varint.
func (w *Writer) Int64(value int64) { w.Uint64(uint64(value)) }

// Uint32 writes a varint.
func (w *Writer) Uint32(value uint32) { w.Uint64(uint64(value)) }

// Int32 writes a varint, of ten bytes where it is below 0.
func (w *Writer) Int32(value int32) { w.Uint64(uint64(int64(value))) }

// Bool writes a varint.
func (w *Writer) Bool(value bool) {
	if value {
		w.Buffer = append(w.Buffer, 1)
	} else {
		w.Buffer = append(w.Buffer, 0)
	}
}

// Sint32 writes a zigzag varint.
func (w *Writer) Sint32(value int32) { w.Uint64(uint64(uint32(value)<<1 ^ uint32(value>>31))) }

// Sint64 writes a zigzag varint.
func (w *Writer) Sint64(value int64) { w.Uint64(uint64(value)<<1 ^ uint64(value>>63)) }

// Fixed32 writes four bytes.
func (w *Writer) Fixed32(value uint32) {
	w.Buffer = append(w.Buffer, byte(value), byte(value>>8), byte(value>>16), byte(value>>24))
}

// Fixed64 writes eight bytes.
func (w *Writer) Fixed64(value uint64) {
	w.Fixed32(uint32(value))
	w.Fixed32(uint32(value >> 32))
}

// Sfixed32 writes four bytes.
func (w *Writer) Sfixed32(value int32) { w.Fixed32(uint32(value)) }

// Sfixed64 writes eight bytes.
func (w *Writer) Sfixed64(value int64) { w.Fixed64(uint64(value)) }

// Float writes four bytes.
func (w *Writer) Float(value float32) { w.Fixed32(math.Float32bits(value)) }

// Double writes eight bytes.
func (w *Writer) Double(value float64) { w.Fixed64(math.Float64bits(value)) }

// Bytes writes a length and bytes.
func (w *Writer) Bytes(value []byte) {
	w.Uint64(uint64(len(value)))
	w.Buffer = append(w.Buffer, value...)
}

// String writes a length and text.
func (w *Writer) String(value string) {
	if !utf8.ValidString(value) && w.Err == nil {
		w.Err = ErrUTF8
	}
	w.Uint64(uint64(len(value)))
	w.Buffer = append(w.Buffer, value...)
}

// Begin starts a field that holds others; what it returns goes to End.
func (w *Writer) Begin() int {
	w.Buffer = append(w.Buffer, 0)
	return len(w.Buffer)
}

// End closes what Begin started: its length is known now.
func (w *Writer) End(start int) {
	length := len(w.Buffer) - start
	if length < 0x80 {
		w.Buffer[start-1] = byte(length)
		return
	}
	more := 0
	for rest := length >> 7; rest > 0; rest >>= 7 {
		w.Buffer = append(w.Buffer, 0)
		more++
	}
	copy(w.Buffer[start+more:], w.Buffer[start:start+length])
	at := start - 1
	for rest := length; ; at++ {
		if rest < 0x80 {
			w.Buffer[at] = byte(rest)
			return
		}
		w.Buffer[at] = byte(rest) | 0x80
		rest >>= 7
	}
}

// Message writes a length and a message.
func (w *Writer) Message(message Message) {
	start := w.Begin()
	if w.depth++; w.depth > deepestWritten {
		if w.Err == nil {
			w.Err = ErrDepth
		}
	} else if w.Err == nil {
		message.WriteTo(w)
	}
	w.depth--
	w.End(start)
}

// Keys are the keys of a map in order, so that equal messages have equal bytes.
func Keys[K cmp.Ordered, V any](of map[K]V) []K {
	keys := make([]K, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// BoolKeys are the keys of a map in order.
func BoolKeys[V any](of map[bool]V) []bool {
	keys := make([]bool, 0, 2)
	for _, key := range [...]bool{false, true} {
		if _, there := of[key]; there {
			keys = append(keys, key)
		}
	}
	return keys
}

// Marshal is the message as bytes.
func Marshal(message Message) ([]byte, error) {
	var w Writer
	message.WriteTo(&w)
	return w.Buffer, w.Err
}

// Unmarshal reads data into message, over what it holds.
func Unmarshal(data []byte, message Message) error {
	r := NewReader(data)
	message.MergeFrom(&r)
	return r.Err()
}
