/* Many calls at once.
 *
 *   calls=N service=test.v1.Shuffle method=Echo   a program: dispatches N calls without waiting, counts outcomes
 *   refused=1                                     it expects that some are refused (a full inbox), not none
 *
 * Each call carries its number; an answer with another call's number is an error. */
#include "app.h"

static parigot_id me;
static parigot_name target;
static int64_t calls, answered, refused, mixed_up, out_of_order, last = -1;

static void count_up(void) {
  if (answered + refused < calls) return;
  bool expected = *option("refused", "0") == '1';
  bool good = !mixed_up && (refused > 0) == expected && answered > 0;
  parigot_log(good ? PARIGOT_INFO : PARIGOT_ERROR, "all calls have an outcome",
              "calls=%lld answered=%lld refused=%lld mixed_up=%lld out_of_order=%lld", (long long)calls,
              (long long)answered, (long long)refused, (long long)mixed_up, (long long)out_of_order);
  parigot_exit(good ? 0 : 1);
}

static void succeeded(void *user, parigot_message result) {
  int64_t number = read_text(result).number;
  if (number != (int64_t)(intptr_t)user) mixed_up++;
  if (number < last) out_of_order++;
  last = number;
  answered++;
  count_up();
}

static void failed(void *user, int32_t code) {
  if (refused++ == 0)
    parigot_warn("first refusal", "number=%d error=%s", (int)(intptr_t)user, parigot_error_name(code));
  count_up();
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  parigot_method method;
  must(parigot_locate_method(target.package, target.service, option("method", "Echo"), me, &method), "locate");
  for (int64_t i = 0; i < calls; i++) {
    parigot_future *answer = parigot_dispatch(&method, TEXT, write_text("crowd", i));
    parigot_on_success(answer, succeeded, (void *)(intptr_t)i);
    parigot_on_failure(answer, failed, (void *)(intptr_t)i);
  }
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  calls = parigot_number(option("calls", "100"));
  split_name(option("service", "test.v1.Echo"), &target);
  must(parigot_register("crowd", &me), "register");
  must(parigot_require(me, &target, 1), "require");
  start(me, ready);
  return 0;
}
