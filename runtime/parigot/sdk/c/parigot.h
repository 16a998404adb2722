/* parigot.h: what a parigot guest in C is written with.
 *
 * A guest is one wasm module without libc. It defines
 *
 *     int parigot_main(int argc, char **argv);
 *
 * which registers its services and launches them, and returns 0. Then the SDK runs the event loop: it waits
 * for one event at a time and calls the handler or the callback that belongs to it, until an exit event
 * ends the guest. Returning anything but 0 from parigot_main ends it at once with that code.
 *
 * Nothing here blocks but the loop itself, so a guest needs no locks. A call to another service returns a
 * future; its outcome comes later as a callback, always exactly one.
 *
 * Functions that return int32_t return a KernelErr code, 0 (PARIGOT_OK) for success.
 */
#ifndef PARIGOT_H
#define PARIGOT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- error codes: KernelErr of syscall.v1 ---- */

enum {
  PARIGOT_OK = 0,
  PARIGOT_LOCATE_ERROR = 1,
  PARIGOT_UNMARSHAL_FAILED = 2,
  PARIGOT_ID_DISPATCH = 3,
  PARIGOT_NAMESPACE_EXHAUSTED = 4,
  PARIGOT_NOT_FOUND = 5,
  PARIGOT_DATA_TOO_LARGE = 6,
  PARIGOT_MARSHAL_FAILED = 7,
  PARIGOT_CALLER_UNAVAILABLE = 8,
  PARIGOT_SERVICE_ALREADY_CLOSED_OR_EXPORTED = 9,
  PARIGOT_SERVICE_ALREADY_REQUIRED = 10,
  PARIGOT_DEPENDENCY_CYCLE = 11,
  PARIGOT_NETWORK_FAILED = 12,
  PARIGOT_NETWORK_CONNECTION_LOST = 13,
  PARIGOT_DATA_TOO_SMALL = 14,
  PARIGOT_KERNEL_CONNECTION_FAILED = 15,
  PARIGOT_NS_RETRY_FAILED = 16,
  PARIGOT_DECODE_ERROR = 17,
  PARIGOT_EXEC_ERROR = 18,
  PARIGOT_KERNEL_DEPENDENCY_FAILURE = 19,
  PARIGOT_ABORT_REQUEST = 20,
  PARIGOT_ENCODE_ERROR = 22,
  PARIGOT_CLOSED_ERR = 23,
  PARIGOT_GUEST_READ_FAILED = 24,
  PARIGOT_GUEST_WRITE_FAILED = 25,
  PARIGOT_BAD_ID = 26,
  PARIGOT_NOT_READY = 27,
  PARIGOT_NOT_REQUIRED = 28,
  PARIGOT_RUN_TIMEOUT = 29,
  PARIGOT_READ_ONE_TIMEOUT = 30,
  PARIGOT_WRITE_TIMEOUT = 31,
  PARIGOT_BAD_CALL_ID = 32,
  PARIGOT_CHANNEL_CLOSED = 33,
  PARIGOT_EXIT_FAILED = 34,
};

/* The name of a KernelErr, "NotFound"; "code" for a number that is none (a service's own code). */
const char *parigot_error_name(int32_t code);

/* ---- bytes, memory ---- */

/* Bytes that belong to somebody else. Also used for text, which then has no closing NUL. */
typedef struct {
  const uint8_t *data;
  uint32_t length;
} parigot_bytes;

#define PARIGOT_NO_BYTES ((parigot_bytes){0, 0})

parigot_bytes parigot_text(const char *text); /* a C string as bytes */
bool parigot_same(parigot_bytes bytes, const char *text);

/* Memory for the event being handled; it is taken back when the handler returns. NULL when the guest's
 * memory is used up. */
void *parigot_alloc(uint32_t size);
/* Memory for good. NULL when the guest's memory is used up. */
void *parigot_alloc_forever(uint32_t size);
/* Bytes as a C string, in the event's memory. */
char *parigot_string(parigot_bytes bytes);

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *left, const void *right, size_t count);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);
int64_t parigot_number(const char *text); /* decimal, with an optional sign; stops at the first other character */

/* ---- output ---- */

typedef enum { PARIGOT_DEBUG, PARIGOT_INFO, PARIGOT_WARN, PARIGOT_ERROR } parigot_level;

/* Writes `level=INFO msg="..." attributes` and a newline to stderr. `attributes` is a printf format for the
 * rest of the line, "key=%d other=%s", or "". Text that may hold blanks goes through parigot_quote. */
void parigot_log(parigot_level level, const char *message, const char *attributes, ...)
    __attribute__((format(printf, 3, 4)));
#define parigot_debug(...) parigot_log(PARIGOT_DEBUG, __VA_ARGS__)
#define parigot_info(...) parigot_log(PARIGOT_INFO, __VA_ARGS__)
#define parigot_warn(...) parigot_log(PARIGOT_WARN, __VA_ARGS__)
#define parigot_error(...) parigot_log(PARIGOT_ERROR, __VA_ARGS__)

/* Writes to stdout. Knows %s %.*s %c %d %i %u %x %X %p %% with h, hh, l, ll, z, width, '0' and '-'. */
void parigot_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As snprintf: returns the length of the whole text, writes at most `size` bytes with the closing NUL. */
uint32_t parigot_format(char *out, uint32_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Text in double quotes, escaped, in the event's memory. */
const char *parigot_quote(const char *text);

/* ---- where the guest runs ---- */

int parigot_argc(void);
char **parigot_argv(void);                /* without the program's own name */
const char *parigot_env(const char *name); /* NULL when it is not set */
uint64_t parigot_now(void);               /* nanoseconds of the guest's clock */
void parigot_sleep(uint64_t nanoseconds); /* suspends the whole guest: no event arrives meanwhile */
void parigot_random(void *to, uint32_t count);
_Noreturn void parigot_quit(int32_t code); /* ends the guest at once, without the exit protocol */

/* ---- ids ---- */

typedef struct {
  uint64_t high, low;
} parigot_id;

#define PARIGOT_NO_ID ((parigot_id){0, 0})
#define PARIGOT_LAUNCH_METHOD ((parigot_id){0x6d00ffffffffffffULL, 0xfffffffffffffff0ULL})
#define PARIGOT_EXIT_SERVICE ((parigot_id){0x7300ffffffffffffULL, 0xfffffffffffffff1ULL})
#define PARIGOT_EXIT_METHOD ((parigot_id){0x6d00ffffffffffffULL, 0xfffffffffffffff2ULL})

parigot_id parigot_new_id(char letter); /* a fresh random id: 'c' for a call, 's' for a service ... */
parigot_id parigot_new_call_id(void);
parigot_id parigot_host(void); /* this guest's own host id */
static inline bool parigot_same_id(parigot_id left, parigot_id right) {
  return left.low == right.low && left.high == right.high;
}

/* ---- protobuf: reading ---- */

/* Walks the fields of one message:
 *
 *     parigot_reader reader = parigot_read(bytes);
 *     parigot_field field;
 *     while (parigot_next(&reader, &field)) {
 *       if (field.number == 1 && field.wire == PARIGOT_VARINT) tongue = (int32_t)field.value;
 *     }
 *     if (reader.malformed) ...
 *
 * Fields that nobody asks for are skipped by not looking at them. */
enum { PARIGOT_VARINT = 0, PARIGOT_FIXED64 = 1, PARIGOT_BYTES = 2, PARIGOT_FIXED32 = 5 };

typedef struct {
  const uint8_t *at, *end;
  bool malformed; /* the bytes are not a protobuf message; no more fields come */
} parigot_reader;

typedef struct {
  uint32_t number;
  uint32_t wire;       /* one of the four above */
  uint64_t value;      /* of a varint, fixed32 or fixed64 */
  parigot_bytes bytes; /* of a string, bytes, message or packed field */
} parigot_field;

parigot_reader parigot_read(parigot_bytes message);
bool parigot_next(parigot_reader *reader, parigot_field *field);
static inline int64_t parigot_unzigzag(uint64_t value) { return (int64_t)(value >> 1) ^ -(int64_t)(value & 1); }
bool parigot_read_id(parigot_bytes message, parigot_id *id); /* an IdRaw; false when malformed */

/* ---- protobuf: writing ---- */

/* Writes one message. Starts in memory of yours, if given, and goes on in the event's memory when that is
 * full. As proto3 wants, a scalar that is 0 and empty bytes are not written. */
typedef struct {
  uint8_t *start, *at, *end;
  bool failed; /* no memory left; parigot_written gives no bytes */
} parigot_writer;

parigot_writer parigot_write(void *buffer, uint32_t size); /* (NULL, 0) is fine */
parigot_bytes parigot_written(const parigot_writer *writer);
void parigot_put_uint(parigot_writer *writer, uint32_t number, uint64_t value); /* uint32, uint64, bool */
void parigot_put_int(parigot_writer *writer, uint32_t number, int64_t value);   /* int32, int64, enums */
void parigot_put_sint(parigot_writer *writer, uint32_t number, int64_t value);
void parigot_put_fixed32(parigot_writer *writer, uint32_t number, uint32_t value);
void parigot_put_fixed64(parigot_writer *writer, uint32_t number, uint64_t value);
void parigot_put_bytes(parigot_writer *writer, uint32_t number, parigot_bytes bytes);
void parigot_put_string(parigot_writer *writer, uint32_t number, const char *text);
void parigot_put_id(parigot_writer *writer, uint32_t number, parigot_id id);
/* A nested message: begin, its fields, end with what begin returned. Written also when it stays empty. */
uint32_t parigot_begin(parigot_writer *writer, uint32_t number);
void parigot_end(parigot_writer *writer, uint32_t mark);

/* ---- messages between guests ---- */

/* A google.protobuf.Any, opened: the full name of the message ("greeting.v1.FetchGreetingRequest") and its
 * bytes. Both empty when there was none. Valid while the event is handled. */
typedef struct {
  parigot_bytes type, value;
} parigot_message;

/* ---- being a service ---- */

typedef struct parigot_call parigot_call;

/* Handles one call of a method. It answers by parigot_reply or parigot_fail, at once or, if it keeps `call`,
 * in some later event. Exactly one answer; the call is gone with it. */
typedef void (*parigot_handler)(parigot_call *call, parigot_message request, void *user);

/* What a name is made of: {"greeting.v1", "Greeting"}. */
typedef struct {
  const char *package, *service;
} parigot_name;

typedef enum {
  PARIGOT_DIRECTION_UNSPECIFIED,
  PARIGOT_IN,
  PARIGOT_OUT,
  PARIGOT_BOTH
} parigot_direction;

int32_t parigot_register(const char *debug_name, parigot_id *service);
int32_t parigot_require(parigot_id source, const parigot_name *names, uint32_t count);
int32_t parigot_export(parigot_id service, const parigot_name *names, uint32_t count);
/* The kernel's bind_method; and the same with the handler of the method's calls. */
int32_t parigot_bind_method(parigot_id service, const char *method, parigot_direction direction, parigot_id *id);
int32_t parigot_bind(parigot_id service, const char *method, parigot_handler handler, void *user);

/* Answers a call. `type` is the full name of the message. When the answer does not reach the kernel
 * (DataTooLarge, say) the caller gets that error instead. Returns the kernel's code. */
int32_t parigot_reply(parigot_call *call, const char *type, parigot_bytes message);
int32_t parigot_fail(parigot_call *call, int32_t code);
parigot_id parigot_call_id(const parigot_call *call);
parigot_id parigot_call_host(const parigot_call *call); /* the caller's */

/* ---- calling a service ---- */

typedef struct parigot_future parigot_future;
typedef void (*parigot_success)(void *user, parigot_message result);
typedef void (*parigot_failure)(void *user, int32_t code);

/* The outcome of `future`. Set both before returning to the event loop; it is gone after its outcome. An
 * outcome without a callback is dropped, a failure with a log line. */
void parigot_on_success(parigot_future *future, parigot_success callback, void *user);
void parigot_on_failure(parigot_future *future, parigot_failure callback, void *user);

/* Asks to start; the future succeeds once everything that `service` requires runs. A failure of the kernel
 * to take the request comes through the future as well, here and in parigot_dispatch. NULL: no memory. */
parigot_future *parigot_launch(parigot_id service);

/* A method of another service, ready to be called: the constant part of every call, encoded once. */
typedef struct {
  parigot_id service, method;
  uint8_t prefix[80];
  uint32_t prefix_length;
} parigot_method;

/* A service by its ids, with the methods it has bound. */
typedef struct {
  parigot_id host, service;
  parigot_bytes wire; /* the LocateResponse; valid until the next call to the kernel */
} parigot_service;

int32_t parigot_locate(const char *package, const char *service, parigot_id called_by, parigot_service *found);
/* NotFound when the service has no such method. */
int32_t parigot_find_method(const parigot_service *service, const char *name, parigot_method *method);
/* Both steps in one. */
int32_t parigot_locate_method(const char *package, const char *service, const char *name, parigot_id called_by,
                              parigot_method *method);
/* From ids that are known already. */
void parigot_method_from_ids(parigot_method *method, parigot_id service, parigot_id id);

parigot_future *parigot_dispatch(const parigot_method *method, const char *type, parigot_bytes message);

/* ---- the end ---- */

/* Asks to end this guest with `code` (0..192, anything else becomes 192), or the whole run. Goes through
 * the exit protocol: the cleanup callback runs, then the exit event ends the guest. Return to the event loop
 * after it. A guest that has launched nothing ends at once. */
void parigot_exit(int32_t code);
void parigot_shutdown(int32_t code);
/* Runs once before the guest ends, also when the runtime ends it. */
void parigot_on_exit(void (*cleanup)(void *user, int32_t code), void *user);

/* ---- the loop by hand, and the calls as they are ---- */

/* Handles one event. Waits at most `timeout` ms, below 0 for ever. Returns ReadOneTimeout when none came. */
int32_t parigot_run_one(int32_t timeout);
_Noreturn void parigot_run(void);

typedef struct {
  parigot_bytes bundle; /* of an incoming call: its MethodBundle, to be given back as it is */
  parigot_id call;      /* of an incoming or a resolved call */
  parigot_id method, service;
  parigot_message message; /* parameter or result */
  int32_t code;            /* error of a resolved call, or the code of an exit */
  enum { PARIGOT_EVENT_NONE, PARIGOT_EVENT_CALL, PARIGOT_EVENT_RESOLVED, PARIGOT_EVENT_EXIT } kind;
} parigot_event;

int32_t parigot_read_one(int32_t timeout, parigot_event *event);
int32_t parigot_return_value(parigot_bytes bundle, const char *type, parigot_bytes message, int32_t code);
int32_t parigot_dispatch_raw(const parigot_method *method, parigot_id call, const char *type, parigot_bytes message);
int32_t parigot_launch_raw(parigot_id service, parigot_id call, parigot_id method);
int32_t parigot_exit_raw(parigot_id service, parigot_id call, int32_t code, bool shutdown_all);

/* Any of the eleven with request bytes of your own. `response` may be NULL. */
typedef enum {
  PARIGOT_CALL_REGISTER,
  PARIGOT_CALL_REQUIRE,
  PARIGOT_CALL_EXPORT,
  PARIGOT_CALL_LAUNCH,
  PARIGOT_CALL_LOCATE,
  PARIGOT_CALL_BIND_METHOD,
  PARIGOT_CALL_DISPATCH,
  PARIGOT_CALL_READ_ONE,
  PARIGOT_CALL_RETURN_VALUE,
  PARIGOT_CALL_EXIT,
  PARIGOT_CALL_BLOCK_UNTIL_CALL,
} parigot_operation;

int32_t parigot_raw(parigot_operation operation, parigot_bytes request, parigot_bytes *response);

/* How many bytes the kernel may write at once; a larger event becomes DataTooLarge. Up to 16 MiB. */
#ifndef PARIGOT_RECEIVE_BUFFER
#define PARIGOT_RECEIVE_BUFFER 65536
#endif

#endif
