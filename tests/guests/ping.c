/* The caller of the benchmark: `calls=N` calls of test.v1.Pong, one after the other. Prints nothing. */
#include "app.h"

static parigot_id me;
static parigot_method pong;
static int64_t left;

static void call_again(void *user, parigot_message result);

static void failed(void *user, int32_t code) {
  (void)user;
  parigot_error("a call failed", "error=%s left=%lld", parigot_error_name(code), (long long)left);
  parigot_exit(1);
}

static void call_again(void *user, parigot_message result) {
  (void)user, (void)result;
  if (left-- <= 0) {
    parigot_exit(0);
    return;
  }
  uint8_t buffer[16];
  parigot_writer request = parigot_write(buffer, sizeof buffer);
  parigot_put_int(&request, 2, left);
  parigot_future *answer = parigot_dispatch(&pong, TEXT, parigot_written(&request));
  parigot_on_success(answer, call_again, 0);
  parigot_on_failure(answer, failed, 0);
}

static void ready(void *user, parigot_message result) {
  must(parigot_locate_method("test.v1", "Pong", "Pong", me, &pong), "locate");
  call_again(user, result);
}

int parigot_main(int argc, char **argv) {
  left = parigot_number(option("calls", argc > 0 ? argv[0] : "1000"));
  must(parigot_register("ping", &me), "register");
  must(parigot_require(me, &(parigot_name){"test.v1", "Pong"}, 1), "require");
  start(me, ready);
  return 0;
}
