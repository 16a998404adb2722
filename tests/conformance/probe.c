/* The script, in C. */
#include "conformance/v1/conformance.pb.h"

enum { MIB = 1 << 20 };
static conformance_v1_Mirror_client mirror;
static const int32_t codes[] = {1, 3, 40, 23, -5};
static int64_t calls, number, total;
static int step, held;

static void next(void);

static void said(void *user, const conformance_v1_Text *reply) {
  parigot_print("%s: %u %lld\n", (const char *)user, reply->text.length, (long long)reply->number);
  next();
}

static void failed(void *user, int32_t code) {
  parigot_print("%s: %d\n", (const char *)user, code);
  next();
}

static void refused(void *user, int32_t code) {
  parigot_print("refuse %d: %d\n", *(const int32_t *)user, code);
  next();
}

static void say(const char *what, conformance_v1_Text text) {
  conformance_v1_Mirror_echo_future answer = conformance_v1_Mirror_echo(&mirror, &text);
  conformance_v1_Mirror_echo_on_success(answer, said, (void *)what);
  conformance_v1_Mirror_echo_on_failure(answer, failed, (void *)what);
}

static parigot_bytes exes(uint32_t length) {
  uint8_t *data = parigot_alloc(length);
  memset(data, 'x', length);
  return (parigot_bytes){data, length};
}

static void one_of_many(void *user, const conformance_v1_Text *reply) {
  if (reply) total += reply->number;
  if (number == calls) {
    parigot_print("many: %lld\n", (long long)total);
    next();
    return;
  }
  conformance_v1_Text text = {.number = number++};
  conformance_v1_Mirror_echo_on_success(conformance_v1_Mirror_echo(&mirror, &text), one_of_many, user);
}

static void was_held(void *user, const conformance_v1_Text *reply) {
  total += (int64_t)(intptr_t)user * reply->number;
  if (--held) return;
  parigot_print("held: %lld\n", (long long)total);
  next();
}

static void hold(void) {
  total = 0;
  for (held = 0; held < 50; held++) {
    conformance_v1_Text text = {.number = held};
    conformance_v1_Mirror_hold_on_success(conformance_v1_Mirror_hold(&mirror, &text), was_held,
                                          (void *)(intptr_t)held);
  }
  conformance_v1_Mirror_release(&mirror);
}

static void next(void) {
  switch (step++) {
    case 0: say("echo", (conformance_v1_Text){.text = parigot_text("hello"), .number = -7}); return;
    case 1: say("empty", (conformance_v1_Text){0}); return;
    case 2: case 3: case 4: case 5: case 6: {
      const int32_t *code = &codes[step - 3];
      conformance_v1_Code request = {.code = *code};
      conformance_v1_Mirror_refuse_on_failure(conformance_v1_Mirror_refuse(&mirror, &request), refused,
                                              (void *)code);
      return;
    }
    case 7: say("large", (conformance_v1_Text){.text = exes(MIB)}); return;
    case 8: say("too large", (conformance_v1_Text){.text = exes(5 * MIB)}); return;
    case 9: one_of_many(0, 0); return;
    case 10: hold(); return;
    case 11: {
      conformance_v1_Code request = {.code = 9};
      conformance_v1_Mirror_leave_on_failure(conformance_v1_Mirror_leave(&mirror, &request), failed, "leave");
      return;
    }
    case 12: say("gone", (conformance_v1_Text){.text = parigot_text("anybody?")}); return;
    default: parigot_exit(5);
  }
}

static void ready(void *user) {
  (void)user;
  next();
}

int parigot_main(int argc, char **argv) {
  calls = parigot_number(argc > 0 ? argv[0] : "10000");
  return parigot_start(&(parigot_guest){
      .name = "probe", .uses = {conformance_v1_Mirror_use(&mirror)}, .ready = ready});
}
