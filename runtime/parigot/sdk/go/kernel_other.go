//go:build !wasm

package parigot

// Outside wasm there is no kernel: messages can be tested, calls fail.
func call(operation, []byte) ([]byte, KernelErr) { return nil, KernelErr_KernelConnectionFailed }

func seed() [2]uint64 { return [2]uint64{1, 2} }
