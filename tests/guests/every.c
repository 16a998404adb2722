/* A program that makes every call of the ABI and meets every error a guest can meet by itself. One line for
 * each check, `check NAME ok` or `check NAME FAILED`; exit code 0 when all are ok.
 *
 * Beside it run: test.v1.Echo (healthy), test.v1.Narrow (an Echo with an inbox of 4), test.v1.Trapping and
 * test.v1.Quitting (Faulty). The limit call_timeout_ms is short. */
#include "app.h"

static parigot_id me;
static parigot_service echo;
static int failures, checks;

static void check(const char *name, bool good, int32_t got, int32_t wanted) {
  checks++;
  failures += !good;
  char line[96];
  parigot_format(line, sizeof line, "check %s %s", name, good ? "ok" : "FAILED");
  if (good) parigot_info(line, "");
  else
    parigot_error(line, "got=%s(%d) wanted=%s(%d)", parigot_error_name(got), got, parigot_error_name(wanted),
                  wanted);
}

static void expect(const char *name, int32_t got, int32_t wanted) { check(name, got == wanted, got, wanted); }
static void is_true(const char *name, bool good) { check(name, good, 0, 0); }

/* ---- what needs nobody else: protobuf, memory, output ---- */

static bool malformed(const char *bytes, uint32_t length) {
  parigot_reader reader = parigot_read((parigot_bytes){(const uint8_t *)bytes, length});
  parigot_field field;
  while (parigot_next(&reader, &field)) continue;
  return reader.malformed;
}
#define MALFORMED(text) malformed(text, sizeof text - 1)

static void check_wire(void) {
  is_true("wire empty", !MALFORMED(""));
  is_true("wire truncated varint", MALFORMED("\x08\x80"));
  is_true("wire long varint", MALFORMED("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
  is_true("wire longest varint", !MALFORMED("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  is_true("wire field 0", MALFORMED("\x00\x01"));
  is_true("wire type 6", MALFORMED("\x0e\x01"));
  is_true("wire length past the end", MALFORMED("\x0a\x02x"));
  is_true("wire huge length", MALFORMED("\x0a\xff\xff\xff\xff\x0fx"));
  is_true("wire short fixed64", MALFORMED("\x09" "1234567"));
  is_true("wire short fixed32", MALFORMED("\x0d" "123"));
  is_true("wire group", !MALFORMED("\x0b\x10\x01\x13\x14\x0c"));
  is_true("wire open group", MALFORMED("\x0b\x10\x01"));
  is_true("wire crossed groups", MALFORMED("\x0b\x13\x0c\x14"));
  is_true("wire closing nothing", MALFORMED("\x0c"));

  uint8_t small[4];
  parigot_writer writer = parigot_write(small, sizeof small);
  parigot_put_int(&writer, 1, -1);
  parigot_put_sint(&writer, 2, -3);
  parigot_put_fixed32(&writer, 3, 0xdeadbeef);
  parigot_put_fixed64(&writer, 4, 0x1122334455667788);
  uint32_t outer = parigot_begin(&writer, 5), inner = parigot_begin(&writer, 6);
  for (int i = 0; i < 100; i++) parigot_put_uint(&writer, 7, 300);
  parigot_end(&writer, inner);
  parigot_end(&writer, outer);
  parigot_reader reader = parigot_read(parigot_written(&writer)), nested;
  parigot_field field;
  is_true("wire int", parigot_next(&reader, &field) && field.number == 1 && (int64_t)field.value == -1);
  is_true("wire sint", parigot_next(&reader, &field) && field.number == 2 && parigot_unzigzag(field.value) == -3);
  is_true("wire fixed32", parigot_next(&reader, &field) && field.number == 3 && field.value == 0xdeadbeef);
  is_true("wire fixed64", parigot_next(&reader, &field) && field.value == 0x1122334455667788);
  is_true("wire nested", parigot_next(&reader, &field) && field.number == 5 && field.bytes.length == 303);
  nested = parigot_read(field.bytes);
  is_true("wire nested twice", parigot_next(&nested, &field) && field.number == 6 && field.bytes.length == 300);
  is_true("wire end", !parigot_next(&reader, &field) && !reader.malformed);
}

static void check_world(void) {
  char line[32];
  parigot_format(line, sizeof line, "%5d|%-3d|%05d|%x|%.2s|%lld", 42, 7, -42, 0xbeef, "string", -1ll);
  is_true("format", !strcmp(line, "   42|7  |-0042|beef|st|-1"));
  is_true("format cut", parigot_format(line, 4, "%s", "abcdef") == 6 && !strcmp(line, "abc"));
  is_true("quote", !strcmp(parigot_quote("a\"b\n"), "\"a\\\"b\\n\""));
  memcpy(line, "0123456789", 11);
  memmove(line + 2, line, 8);
  is_true("memmove up", !strcmp(line, "0101234567"));
  memmove(line, line + 3, 8);
  is_true("memmove down", !strcmp(line, "1234567"));
  memset(line, '-', 3);
  is_true("memset", !strcmp(line, "---4567") && !memcmp(line, "---4", 4) && memcmp(line, "--.", 3) < 0);
  char *block = parigot_alloc(3000000);
  is_true("memory grows", block && (block[2999999] = 1));
  is_true("memory ends", !parigot_alloc(0xffffffffu));
  is_true("environment", parigot_env("TZ") && !strcmp(parigot_env("EVERY"), "all of it") && !parigot_env("EVER"));
  is_true("arguments", parigot_argc() == 2 && !strcmp(parigot_argv()[1], "second one"));
  is_true("host id", parigot_host().high >> 56 == 'h');
  uint64_t before = parigot_now();
  parigot_sleep(3000000);
  is_true("sleep", parigot_now() - before >= 3000000);
  parigot_id one = parigot_new_call_id(), other = parigot_new_call_id();
  is_true("call ids", !parigot_same_id(one, other) && one.high >> 48 == (uint64_t)'c' << 8);
}

/* ---- names ---- */

static const parigot_name echo_name = {"test.v1", "Echo"}, own_name = {"test.v1", "Every"};
static parigot_id nobody(char letter) { return parigot_new_id(letter); }

static void check_names(void) {
  parigot_id second, method, again;
  parigot_bytes garbage = parigot_text("\x0a\xff");
  expect("register", parigot_register("every", &me), 0);
  expect("register twice", parigot_register("every", &second), 0);
  is_true("register gives new ids", !parigot_same_id(me, second) && me.high >> 56 == 's');
  for (int i = PARIGOT_CALL_REGISTER; i <= PARIGOT_CALL_EXIT; i++) {
    char name[40];
    parigot_format(name, sizeof name, "garbage to call %d", i);
    expect(name, parigot_raw((parigot_operation)i, garbage, 0), PARIGOT_UNMARSHAL_FAILED);
  }
  expect("block_until_call", parigot_raw(PARIGOT_CALL_BLOCK_UNTIL_CALL, PARIGOT_NO_BYTES, 0), PARIGOT_NOT_FOUND);

  expect("export", parigot_export(me, &own_name, 1), 0);
  expect("export twice", parigot_export(me, &own_name, 1), PARIGOT_SERVICE_ALREADY_CLOSED_OR_EXPORTED);
  expect("export in other letters", parigot_export(second, &(parigot_name){"TEST.v1", "eVERY"}, 1),
         PARIGOT_SERVICE_ALREADY_CLOSED_OR_EXPORTED);
  expect("export for nobody", parigot_export(nobody('s'), &own_name, 1), PARIGOT_BAD_ID);
  expect("bind", parigot_bind_method(me, "Do", PARIGOT_BOTH, &method), 0);
  is_true("bind gives a method id", method.high >> 56 == 'm');
  expect("bind another", parigot_bind_method(me, "Undo", PARIGOT_IN, &again), 0);
  is_true("bind gives new ids", !parigot_same_id(method, again));
  expect("bind for nobody", parigot_bind_method(nobody('s'), "Do", PARIGOT_BOTH, &again), PARIGOT_BAD_ID);
  expect("require", parigot_require(me, &echo_name, 1), 0);
  expect("require twice", parigot_require(me, &echo_name, 1), PARIGOT_SERVICE_ALREADY_REQUIRED);
  expect("require in other letters", parigot_require(me, &(parigot_name){"test.V1", "ECHO"}, 1),
         PARIGOT_SERVICE_ALREADY_REQUIRED);
  expect("require for nobody", parigot_require(nobody('s'), &echo_name, 1), PARIGOT_BAD_ID);
  parigot_name others[] = {{"test.v1", "Narrow"}, {"test.v1", "Trapping"}, {"test.v1", "Quitting"}};
  expect("require several", parigot_require(me, others, 3), 0);

  parigot_service found;
  expect("locate itself", parigot_locate("test.v1", "Every", PARIGOT_NO_ID, &found), 0);
  is_true("locate gives own ids",
          parigot_same_id(found.host, parigot_host()) && parigot_same_id(found.service, me));
  parigot_method do_it;
  expect("locate gives the methods", parigot_find_method(&found, "Do", &do_it), 0);
  is_true("locate gives the method's id", parigot_same_id(do_it.method, method));
  expect("locate no method", parigot_find_method(&found, "Redo", &do_it), PARIGOT_NOT_FOUND);
  expect("locate what nobody exports", parigot_locate("test.v1", "Nobody", PARIGOT_NO_ID, &found), PARIGOT_NOT_FOUND);
  expect("locate what is not required", parigot_locate("test.v1", "Every", me, &found), PARIGOT_NOT_REQUIRED);
  expect("dispatch before the launch",
         parigot_dispatch_raw(&do_it, parigot_new_call_id(), TEXT, PARIGOT_NO_BYTES), PARIGOT_NOT_READY);
  expect("launch without the launch method", parigot_launch_raw(me, parigot_new_call_id(), method), PARIGOT_BAD_ID);
  expect("launch for nobody", parigot_launch_raw(nobody('s'), parigot_new_call_id(), PARIGOT_LAUNCH_METHOD),
         PARIGOT_BAD_ID);
  expect("exit for nobody", parigot_exit_raw(nobody('s'), parigot_new_call_id(), 0, false), PARIGOT_BAD_ID);
}

/* ---- once launched ---- */

static void check_traffic(void) {
  parigot_event event;
  parigot_method method, wrong;
  uint64_t before = parigot_now();
  expect("read_one looks", parigot_read_one(0, &event), PARIGOT_READ_ONE_TIMEOUT);
  expect("read_one waits", parigot_read_one(20, &event), PARIGOT_READ_ONE_TIMEOUT);
  is_true("read_one waits long enough", parigot_now() - before >= 20000000);

  expect("locate", parigot_locate("TEST.V1", "echo", me, &echo), 0);
  is_true("locate gives ids", echo.host.high >> 56 == 'h' && echo.service.high >> 56 == 's');
  expect("locate finds Echo", parigot_find_method(&echo, "Echo", &method), 0);
  parigot_method_from_ids(&wrong, nobody('s'), method.method);
  expect("dispatch to nobody", parigot_dispatch_raw(&wrong, parigot_new_call_id(), TEXT, PARIGOT_NO_BYTES),
         PARIGOT_ID_DISPATCH);
  parigot_method_from_ids(&wrong, method.service, nobody('m'));
  expect("dispatch to no method", parigot_dispatch_raw(&wrong, parigot_new_call_id(), TEXT, PARIGOT_NO_BYTES),
         PARIGOT_ID_DISPATCH);
  parigot_method_from_ids(&wrong, me, method.method);
  expect("dispatch to another's method", parigot_dispatch_raw(&wrong, parigot_new_call_id(), TEXT, PARIGOT_NO_BYTES),
         PARIGOT_ID_DISPATCH);

  parigot_id call = parigot_new_call_id();
  expect("dispatch", parigot_dispatch_raw(&method, call, TEXT, write_text("raw", 3)), 0);
  expect("dispatch with the same id", parigot_dispatch_raw(&method, call, TEXT, PARIGOT_NO_BYTES), PARIGOT_BAD_CALL_ID);
  expect("read_one", parigot_read_one(-1, &event), 0);
  is_true("read_one resolves", event.kind == PARIGOT_EVENT_RESOLVED && parigot_same_id(event.call, call));
  is_true("read_one brings the result", event.code == 0 && parigot_same(event.message.type, TEXT) &&
                                            read_text(event.message).number == 3);
  expect("dispatch with the id again", parigot_dispatch_raw(&method, call, TEXT, write_text("again", 4)), 0);
  expect("read_one again", parigot_read_one(-1, &event), 0);

  uint8_t bytes[64];
  parigot_writer bundle = parigot_write(bytes, sizeof bytes);
  parigot_put_id(&bundle, 1, parigot_host());
  parigot_put_id(&bundle, 4, parigot_new_call_id());
  expect("return_value for no call", parigot_return_value(parigot_written(&bundle), TEXT, PARIGOT_NO_BYTES, 0),
         PARIGOT_BAD_ID);
}

/* ---- outcomes that come later, one after the other ---- */

static parigot_name echo_service = {"test.v1", "Echo"}, narrow = {"test.v1", "Narrow"},
                    trapping = {"test.v1", "Trapping"}, quitting = {"test.v1", "Quitting"};

static const struct {
  const char *name;
  const parigot_name *service;
  const char *method, *text;
  int64_t number;
  int32_t wanted;
} later[] = {
    {"call", &echo_service, "Echo", "hello", 1, 0},
    {"call without a message", &echo_service, "Echo", "", 0, 0},
    {"call with the service's own error", &echo_service, "Refuse", "", 0, 42},
    {"call with a negative error", &echo_service, "Refuse", "", -7, -7},
    {"call with a large reply", &echo_service, "Inflate", "", 60000, 0},
    {"call with a reply that does not fit", &echo_service, "Inflate", "", 70000, PARIGOT_DATA_TOO_LARGE},
    {"call with a reply over the limit", &echo_service, "Inflate", "", 6000000, PARIGOT_DATA_TOO_LARGE},
    {"call that is never answered", &echo_service, "Swallow", "", 0, PARIGOT_RUN_TIMEOUT},
    {"call that traps", &trapping, "Break", "unreachable", 0, PARIGOT_EXEC_ERROR},
    {"call to a service that leaves", &quitting, "Break", "quit", 0, PARIGOT_CLOSED_ERR},
    {"call afterwards", &echo_service, "Echo", "still there", 2, 0},
};
#define LATER (int)(sizeof later / sizeof *later)

static int at;
static parigot_method last_trapping;
static int32_t crowd_left, crowd_refused;

static void next(void);

static void judge(int32_t code) {
  expect(later[at].name, code, later[at].wanted);
  at++;
  next();
}

static void succeeded(void *user, parigot_message result) {
  (void)user;
  if (!strcmp(later[at].method, "Echo"))
    is_true("the reply is the request", !strcmp(read_text(result).text, later[at].text) &&
                                            read_text(result).number == later[at].number);
  judge(0);
}

static void failed(void *user, int32_t code) {
  (void)user;
  judge(code);
}

static void dead(void *user, int32_t code) {
  (void)user;
  expect("call to a service that has trapped", code, PARIGOT_EXEC_ERROR);
  parigot_info("all checks done", "checks=%d failed=%d", checks, failures);
  parigot_exit(failures ? 1 : 0);
}

static void dead_answered(void *user, parigot_message result) {
  (void)result;
  dead(user, 0);
}

static void crowd_done(void) {
  if (--crowd_left) return;
  is_true("a full inbox refuses", crowd_refused == 6);
  /* A future whose dispatch fails in the kernel comes through the loop as well. */
  parigot_future *last = parigot_dispatch(&last_trapping, TEXT, PARIGOT_NO_BYTES);
  parigot_on_success(last, dead_answered, 0);
  parigot_on_failure(last, dead, 0);
}

static void crowd_answered(void *user, parigot_message result) {
  (void)user, (void)result;
  crowd_done();
}

static void crowd_failed(void *user, int32_t code) {
  (void)user;
  crowd_refused++;
  if (code != PARIGOT_WRITE_TIMEOUT) expect("a full inbox says so", code, PARIGOT_WRITE_TIMEOUT);
  crowd_done();
}

static void next(void) {
  parigot_method method;
  if (at < LATER) {
    const parigot_name *service = later[at].service;
    must(parigot_locate_method(service->package, service->service, later[at].method, me, &method), "locate");
    if (service == &trapping) last_trapping = method;
    parigot_future *answer = parigot_dispatch(&method, TEXT, write_text(later[at].text, later[at].number));
    parigot_on_success(answer, succeeded, 0);
    parigot_on_failure(answer, failed, 0);
    return;
  }
  parigot_service gone;
  expect("locate a service that is gone", parigot_locate("test.v1", "Trapping", me, &gone), PARIGOT_NOT_FOUND);
  must(parigot_locate_method(echo_service.package, echo_service.service, "Echo", me, &method), "locate Echo");
  char *large = parigot_alloc(70001);
  memset(large, 'x', 70000);
  large[70000] = 0;
  expect("a request that does not fit", parigot_dispatch_raw(&method, parigot_new_call_id(), TEXT, write_text(large, 0)),
         PARIGOT_DATA_TOO_LARGE);
  must(parigot_locate_method(narrow.package, narrow.service, "Echo", me, &method), "locate Narrow");
  crowd_left = 10;
  for (int i = 0; i < 10; i++) {
    parigot_future *one = parigot_dispatch(&method, TEXT, write_text("crowd", i));
    parigot_on_success(one, crowd_answered, 0);
    parigot_on_failure(one, crowd_failed, 0);
  }
}

static void launched(void *user, parigot_message result) {
  (void)user;
  is_true("launch resolves", parigot_same(result.type, "syscall.v1.LaunchResponse"));
  check_traffic();
  next();
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  check_wire();
  check_world();
  check_names();
  start(me, launched);
  return 0;
}
