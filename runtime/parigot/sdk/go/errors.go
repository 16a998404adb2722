package parigot

import "strconv"

// KernelErr is an error of the kernel's; 0 is none.
type KernelErr int32

// The codes.
const (
	KernelErr_NoError                        KernelErr = 0
	KernelErr_LocateError                    KernelErr = 1
	KernelErr_UnmarshalFailed                KernelErr = 2
	KernelErr_IdDispatch                     KernelErr = 3
	KernelErr_NamespaceExhausted             KernelErr = 4
	KernelErr_NotFound                       KernelErr = 5
	KernelErr_DataTooLarge                   KernelErr = 6
	KernelErr_MarshalFailed                  KernelErr = 7
	KernelErr_CallerUnavailable              KernelErr = 8
	KernelErr_ServiceAlreadyClosedOrExported KernelErr = 9
	KernelErr_ServiceAlreadyRequired         KernelErr = 10
	KernelErr_DependencyCycle                KernelErr = 11
	KernelErr_NetworkFailed                  KernelErr = 12
	KernelErr_NetworkConnectionLost          KernelErr = 13
	KernelErr_DataTooSmall                   KernelErr = 14
	KernelErr_KernelConnectionFailed         KernelErr = 15
	KernelErr_NSRetryFailed                  KernelErr = 16
	KernelErr_DecodeError                    KernelErr = 17
	KernelErr_ExecError                      KernelErr = 18
	KernelErr_KernelDependencyFailure        KernelErr = 19
	KernelErr_AbortRequest                   KernelErr = 20
	KernelErr_EncodeError                    KernelErr = 22
	KernelErr_ClosedErr                      KernelErr = 23
	KernelErr_GuestReadFailed                KernelErr = 24
	KernelErr_GuestWriteFailed               KernelErr = 25
	KernelErr_BadId                          KernelErr = 26
	KernelErr_NotReady                       KernelErr = 27
	KernelErr_NotRequired                    KernelErr = 28
	KernelErr_RunTimeout                     KernelErr = 29
	KernelErr_ReadOneTimeout                 KernelErr = 30
	KernelErr_WriteTimeout                   KernelErr = 31
	KernelErr_BadCallId                      KernelErr = 32
	KernelErr_ChannelClosed                  KernelErr = 33
	KernelErr_ExitFailed                     KernelErr = 34
)

var kernelErrNames = map[KernelErr]string{
	0:  "NoError",
	1:  "LocateError",
	2:  "UnmarshalFailed",
	3:  "IdDispatch",
	4:  "NamespaceExhausted",
	5:  "NotFound",
	6:  "DataTooLarge",
	7:  "MarshalFailed",
	8:  "CallerUnavailable",
	9:  "ServiceAlreadyClosedOrExported",
	10: "ServiceAlreadyRequired",
	11: "DependencyCycle",
	12: "NetworkFailed",
	13: "NetworkConnectionLost",
	14: "DataTooSmall",
	15: "KernelConnectionFailed",
	16: "NSRetryFailed",
	17: "DecodeError",
	18: "ExecError",
	19: "KernelDependencyFailure",
	20: "AbortRequest",
	22: "EncodeError",
	23: "ClosedErr",
	24: "GuestReadFailed",
	25: "GuestWriteFailed",
	26: "BadId",
	27: "NotReady",
	28: "NotRequired",
	29: "RunTimeout",
	30: "ReadOneTimeout",
	31: "WriteTimeout",
	32: "BadCallId",
	33: "ChannelClosed",
	34: "ExitFailed",
}

// String is the code's name, or its number where it has none.
func (e KernelErr) String() string {
	if name, known := kernelErrNames[e]; known {
		return name
	}
	return strconv.Itoa(int(e))
}

// Error makes it an error.
func (e KernelErr) Error() string { return e.String() }
