/* A service that does harm when it is told to: method Break, by the request's text.
 *
 *   exports=test.v1.Faulty */
#include "app.h"

#define APART __attribute__((noinline))

static volatile int64_t sink;

APART static void break_by_unreachable(void) { __builtin_trap(); }

APART static void break_by_null_call(void) {
  void (*volatile nothing)(void) = 0;
  nothing();
}

APART static void break_by_wrong_type(void) {
  int64_t (*volatile other)(int64_t) = (int64_t (*)(int64_t))break_by_null_call;
  sink = other(1);
}

APART static void break_out_of_bounds(void) {
  volatile uint8_t *volatile far = (uint8_t *)0xfffffff0u;
  sink = *far;
}

APART static void break_by_division(void) {
  volatile int32_t zero = 0;
  sink = (int32_t)sink / zero;
}

APART static int64_t recurse_with_frames(int64_t depth) {
  volatile char frame[64];
  frame[depth & 63] = (char)depth;
  return depth < 0 ? 0 : recurse_with_frames(depth + 1) + frame[depth & 63];
}

APART static int64_t recurse_bare(int64_t depth) {
  int64_t deeper = depth < 0 ? 0 : recurse_bare(depth + 1);
  return deeper ^ sink;
}

APART static void spin(void) {
  for (;;) sink++;
}

/* About a tenth of a second of work; not by the clock, which may stand still while a guest runs. */
APART static void work(int64_t tenths) {
  uint64_t state = 88172645463325252ull;
  for (int64_t i = 0; i < tenths * 60000000; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
  }
  sink = (int64_t)state;
}

APART static void flood_log(int64_t lines) {
  for (int64_t i = 0; i < lines; i++) parigot_info("flood", "line=%lld", (long long)i);
}

APART static void eat_memory(void) {
  uint32_t blocks = 0;
  while (parigot_alloc_forever(1 << 20)) blocks++;
  parigot_warn("the memory is used up", "megabytes=%u", blocks);
}

static void harm(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  text_message asked = read_text(request);
  const char *how = asked.text;
  if (!strcmp(how, "unreachable")) break_by_unreachable();
  if (!strcmp(how, "null")) break_by_null_call();
  if (!strcmp(how, "type")) break_by_wrong_type();
  if (!strcmp(how, "bounds")) break_out_of_bounds();
  if (!strcmp(how, "division")) break_by_division();
  if (!strcmp(how, "frames")) sink = recurse_with_frames(0);
  if (!strcmp(how, "recurse")) sink = recurse_bare(0);
  if (!strcmp(how, "spin")) spin();
  if (!strcmp(how, "work")) work(asked.number ? asked.number : 1);
  if (!strcmp(how, "flood")) flood_log(asked.number ? asked.number : 200000);
  if (!strcmp(how, "memory")) eat_memory();
  if (!strcmp(how, "sleep")) parigot_sleep((uint64_t)asked.number * 1000000);
  if (!strcmp(how, "quit")) parigot_quit((int32_t)asked.number);
  if (!strcmp(how, "exit")) parigot_exit((int32_t)asked.number);
  if (!strcmp(how, "shutdown")) parigot_shutdown((int32_t)asked.number);
  parigot_reply(call, TEXT, write_text("survived", 0));
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  parigot_name name;
  split_name(option("exports", "test.v1.Faulty"), &name);
  must(parigot_register(name.service, &me), "register");
  must(parigot_export(me, &name, 1), "export");
  must(parigot_bind(me, "Break", harm, 0), "bind Break");
  parigot_on_exit(say_goodbye, 0);
  start(me, 0);
  return 0;
}
