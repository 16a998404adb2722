//go:build wasm

package parigot

import "unsafe"

type pointer = unsafe.Pointer

//go:wasmimport parigot register_
func kernelRegister(length uint32, in, out, err pointer) int64

//go:wasmimport parigot require_
func kernelRequire(length uint32, in, out, err pointer) int64

//go:wasmimport parigot export_
func kernelExport(length uint32, in, out, err pointer) int64

//go:wasmimport parigot launch_
func kernelLaunch(length uint32, in, out, err pointer) int64

//go:wasmimport parigot locate_
func kernelLocate(length uint32, in, out, err pointer) int64

//go:wasmimport parigot bind_method_
func kernelBindMethod(length uint32, in, out, err pointer) int64

//go:wasmimport parigot dispatch_
func kernelDispatch(length uint32, in, out, err pointer) int64

//go:wasmimport parigot read_one_
func kernelReadOne(length uint32, in, out, err pointer) int64

//go:wasmimport parigot return_value_
func kernelReturnValue(length uint32, in, out, err pointer) int64

//go:wasmimport parigot exit_
func kernelExit(length uint32, in, out, err pointer) int64

//go:wasmimport wasi_snapshot_preview1 random_get
func wasiRandom(at pointer, length uint32) uint32

// ReceiveBuffer is how many bytes the kernel may write at once. The build step exports it to the kernel.
const ReceiveBuffer = 5 << 20

// Neither moves: the kernel writes into them.
var (
	received  [ReceiveBuffer]byte
	errorCell int32
)

// call asks the kernel. What it answers is valid until the next call.
func call(operation operation, request []byte) ([]byte, KernelErr) {
	in, out, failed := pointer(unsafe.SliceData(request)), pointer(&received), pointer(&errorCell)
	length := uint32(len(request))
	errorCell = 0
	var result int64
	switch operation {
	case opRegister:
		result = kernelRegister(length, in, out, failed)
	case opRequire:
		result = kernelRequire(length, in, out, failed)
	case opExport:
		result = kernelExport(length, in, out, failed)
	case opLaunch:
		result = kernelLaunch(length, in, out, failed)
	case opLocate:
		result = kernelLocate(length, in, out, failed)
	case opBindMethod:
		result = kernelBindMethod(length, in, out, failed)
	case opDispatch:
		result = kernelDispatch(length, in, out, failed)
	case opReadOne:
		result = kernelReadOne(length, in, out, failed)
	case opReturnValue:
		result = kernelReturnValue(length, in, out, failed)
	case opExit:
		result = kernelExit(length, in, out, failed)
	}
	return received[:uint32(uint64(result)>>32)], KernelErr(errorCell)
}

func seed() (seeds [2]uint64) {
	wasiRandom(pointer(&seeds), 16)
	return
}
