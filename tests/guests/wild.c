/* A guest that does everything wrong on purpose and says for each attempt what came back. Then it makes one
 * proper call to test.v1.Echo, and ends with 0 if that was answered.
 *
 *   role=trap   a service, test.v1.WildTrap, whose method gives the kernel a wild place for the error code */
#include "app.h"

typedef int64_t (*kernel_function)(uint32_t, uint32_t, uint32_t, uint32_t);
#define KERNEL(name) __attribute__((import_module("parigot"), import_name(#name))) \
  int64_t wild_##name(uint32_t length, uint32_t in, uint32_t out, uint32_t error);

KERNEL(register_) KERNEL(require_) KERNEL(export_) KERNEL(launch_) KERNEL(locate_) KERNEL(bind_method_)
KERNEL(dispatch_) KERNEL(read_one_) KERNEL(return_value_) KERNEL(exit_) KERNEL(block_until_call_)

static const struct {
  const char *name;
  kernel_function call;
} functions[] = {
    {"register", wild_register_},
    {"require", wild_require_},
    {"export", wild_export_},
    {"launch", wild_launch_},
    {"locate", wild_locate_},
    {"bind_method", wild_bind_method_},
    {"dispatch", wild_dispatch_},
    {"read_one", wild_read_one_},
    {"return_value", wild_return_value_},
    {"exit", wild_exit_},
    {"block_until_call", wild_block_until_call_},
};
#define FUNCTIONS (int)(sizeof functions / sizeof *functions)

#define WILD 0xfffff000u
#define MEGABYTES_100 (100u << 20)

static parigot_id me;
static uint8_t out[PARIGOT_RECEIVE_BUFFER];
static int32_t error;
static int attempts;

static void say(const char *function, const char *what, int32_t code) {
  attempts++;
  parigot_info("wild", "call=%s what=%s code=%d error=%s", function, parigot_quote(what), code,
               parigot_error_name(code));
}

static void attempt(int which, const char *what, const void *in, uint32_t length, uint32_t to) {
  error = -1;
  functions[which].call(length, (uint32_t)in, to, (uint32_t)&error);
  say(functions[which].name, what, error);
}

static uint32_t place(const void *pointer) { return (uint32_t)pointer; }

/* A request that is good but for the place of the answer, so that there is an answer to write. */
static parigot_bytes good_register(void) {
  parigot_writer writer = parigot_write(0, 0);
  parigot_put_id(&writer, 1, parigot_host());
  parigot_put_string(&writer, 2, "wild again");
  return parigot_written(&writer);
}

static void with_each_function(void) {
  static const uint8_t garbage[] = {0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3};
  static const uint8_t noise[] = {0xde, 0xad, 0xbe, 0xef, 0x00, 0xff, 0x13, 0x37};
  static const uint8_t wrong_types[] = {0x08, 0x01, 0x12, 0x00, 0x1a, 0x02, 0x08, 0x01, 0x25, 1, 2, 3, 4};
  uint8_t *all_ones = parigot_alloc(4096);
  memset(all_ones, 0xff, 4096);
  for (int i = 0; i < FUNCTIONS; i++) {
    attempt(i, "request outside memory", (void *)WILD, 64, place(out));
    attempt(i, "request half outside", (void *)(__builtin_wasm_memory_size(0) * 65536u - 8), 64, place(out));
    attempt(i, "a length of -1", out, 0xffffffffu, place(out));
    attempt(i, "100 MB that are not there", out, MEGABYTES_100, place(out));
    attempt(i, "garbage", garbage, sizeof garbage, place(out));
    attempt(i, "noise", noise, sizeof noise, place(out));
    attempt(i, "wrong wire types", wrong_types, sizeof wrong_types, place(out));
    attempt(i, "4 KB of ones", all_ones, 4096, place(out));
    attempt(i, "nothing", 0, 0, place(out));
    attempt(i, "nothing, and nowhere to answer", 0, 0, WILD);
  }
  parigot_bytes request = good_register();
  attempt(0, "answer outside memory", request.data, request.length, WILD);
  attempt(0, "answer half outside", request.data, request.length,
          __builtin_wasm_memory_size(0) * 65536u - 4);
}

/* Ids that belong to the service Echo, or to nobody. */
static void with_ids_of_others(const parigot_service *other, const parigot_method *method) {
  parigot_name name = {"test.v1", "Stolen"};
  parigot_id id;
  say("export", "for another guest's service", parigot_export(other->service, &name, 1));
  say("require", "for another guest's service", parigot_require(other->service, &name, 1));
  say("bind_method", "for another guest's service", parigot_bind_method(other->service, "Steal", PARIGOT_BOTH, &id));
  say("launch", "another guest's service", parigot_launch_raw(other->service, parigot_new_call_id(), PARIGOT_LAUNCH_METHOD));
  say("exit", "another guest's service", parigot_exit_raw(other->service, parigot_new_call_id(), 1, false));
  say("exit", "everything, as another guest", parigot_exit_raw(other->service, parigot_new_call_id(), 1, true));
  parigot_service found;
  say("locate", "as another guest", parigot_locate("test.v1", "Echo", other->service, &found));

  parigot_writer writer = parigot_write(0, 0);
  parigot_put_id(&writer, 1, other->host);
  parigot_put_string(&writer, 2, "stranger");
  say("register", "with another guest's host id", parigot_raw(PARIGOT_CALL_REGISTER, parigot_written(&writer), 0));
  writer = parigot_write(0, 0);
  parigot_put_id(&writer, 2, other->host);
  say("read_one", "with another guest's host id", parigot_raw(PARIGOT_CALL_READ_ONE, parigot_written(&writer), 0));

  writer = parigot_write(0, 0);
  uint32_t bundle = parigot_begin(&writer, 1);
  parigot_put_id(&writer, 1, other->host);
  parigot_put_id(&writer, 2, other->service);
  parigot_put_id(&writer, 3, method->method);
  parigot_put_id(&writer, 4, parigot_new_call_id());
  parigot_end(&writer, bundle);
  parigot_bytes as_another = parigot_written(&writer);
  say("dispatch", "with another guest's host id", parigot_raw(PARIGOT_CALL_DISPATCH, as_another, 0));
  say("return_value", "for a call that nobody made", parigot_raw(PARIGOT_CALL_RETURN_VALUE, as_another, 0));

  /* A call of our own that only Echo may answer. */
  parigot_id call = parigot_new_call_id();
  say("dispatch", "properly", parigot_dispatch_raw(method, call, TEXT, write_text("mine", 0)));
  writer = parigot_write(0, 0);
  parigot_put_id(&writer, 1, parigot_host());
  parigot_put_id(&writer, 4, call);
  say("return_value", "for a call that another has to answer",
      parigot_return_value(parigot_written(&writer), TEXT, PARIGOT_NO_BYTES, 0));
  say("dispatch", "with a call id in flight", parigot_dispatch_raw(method, call, TEXT, PARIGOT_NO_BYTES));
  parigot_event event;
  int32_t code = parigot_read_one(-1, &event);
  say("read_one", "for the proper call", code ? code : event.code);
  parigot_id zero = {0x63ffffffffffffffull, 0xffffffffffffffffull};
  say("dispatch", "with the zero value for its id", parigot_dispatch_raw(method, zero, TEXT, PARIGOT_NO_BYTES));
}

static void with_large_messages(const parigot_method *method) {
  uint8_t *large = parigot_alloc(MEGABYTES_100);
  if (!large) {
    say("dispatch", "100 MB: no memory for it", -1);
    return;
  }
  say("dispatch", "100 MB", parigot_dispatch_raw(method, parigot_new_call_id(), TEXT, (parigot_bytes){large, MEGABYTES_100}));
  say("register", "100 MB", parigot_raw(PARIGOT_CALL_REGISTER, (parigot_bytes){large, MEGABYTES_100}, 0));
}

static void again_and_again(void) {
  parigot_id id;
  int32_t code = 0;
  for (int i = 0; i < 100000 && !code; i++) code = parigot_register("one more", &id);
  say("register", "again and again", code);
  code = 0;
  char name[24];
  for (int i = 0; i < 100000 && !code; i++) {
    parigot_format(name, sizeof name, "Method%d", i);
    code = parigot_bind_method(me, name, PARIGOT_BOTH, &id);
  }
  say("bind_method", "again and again", code);
}

static void answered(void *user, parigot_message result) {
  (void)user;
  bool same = !strcmp(read_text(result).text, "after all that");
  parigot_log(same ? PARIGOT_INFO : PARIGOT_ERROR, "the healthy service has answered", "attempts=%d", attempts);
  parigot_exit(same ? 0 : 1);
}

static void failed(void *user, int32_t code) {
  (void)user;
  parigot_error("the healthy service has not answered", "error=%s", parigot_error_name(code));
  parigot_exit(1);
}

static parigot_method echo;

static void trap_failed(void *user, int32_t code) {
  (void)user;
  say("dispatch", "a wild place for the error code, in another guest", code);
  parigot_future *answer = parigot_dispatch(&echo, TEXT, write_text("after all that", 0));
  parigot_on_success(answer, answered, 0);
  parigot_on_failure(answer, failed, 0);
}

static void trap_answered(void *user, parigot_message result) {
  (void)user, (void)result;
  parigot_error("the wild service survived", "");
  parigot_exit(1);
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  parigot_service other;
  parigot_method trap;
  must(parigot_locate("test.v1", "Echo", me, &other), "locate Echo");
  must(parigot_find_method(&other, "Echo", &echo), "find Echo");
  with_each_function();
  with_ids_of_others(&other, &echo);
  with_large_messages(&echo);
  again_and_again();
  must(parigot_locate_method("test.v1", "WildTrap", "Go", me, &trap), "locate WildTrap");
  parigot_future *answer = parigot_dispatch(&trap, TEXT, PARIGOT_NO_BYTES);
  parigot_on_success(answer, trap_answered, 0);
  parigot_on_failure(answer, trap_failed, 0);
}

static void go(parigot_call *call, parigot_message request, void *user) {
  (void)request, (void)user;
  functions[3].call(0, 0, place(out), WILD);
  parigot_reply(call, TEXT, PARIGOT_NO_BYTES);
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_name names[] = {{"test.v1", "Echo"}, {"test.v1", "WildTrap"}};
  must(parigot_register("wild", &me), "register");
  if (!strcmp(option("role", ""), "trap")) {
    must(parigot_export(me, &names[1], 1), "export");
    must(parigot_bind(me, "Go", go, 0), "bind");
    start(me, 0);
    return 0;
  }
  must(parigot_require(me, names, 2), "require");
  start(me, ready);
  return 0;
}
