/* A program that makes calls one after the other and compares the outcomes. Each argument is a call:
 *
 *     test.v1.Echo:Echo(hello)=ok           the call succeeds
 *     test.v1.Echo:Inflate(#5000)=ok        `number` of the request is 5000, `text` is empty
 *     test.v1.Faulty:Break(work#2)=ok       both
 *     test.v1.Faulty:Break(null)=error      any error
 *     test.v1.Faulty:Break(spin)=ExecError  that error
 *     test.v1.Echo:Refuse(#42)=42           that code
 *
 * `exit=N` asks for another exit code than 0. A call with another outcome makes it 1. */
#include "app.h"

#define MOST 64

typedef struct {
  parigot_name service;
  const char *method, *text, *expected, *written;
  int64_t number;
} step;

static step steps[MOST];
static int count, at, failures;
static parigot_id me;

static char *part(const char *from, const char *to) {
  char *out = parigot_alloc_forever((uint32_t)(to - from) + 1);
  memcpy(out, from, (size_t)(to - from));
  out[to - from] = 0;
  return out;
}

static const char *find(const char *text, char one) {
  while (*text && *text != one) text++;
  return text;
}

static void parse(const char *argument) {
  const char *colon = split_name(argument, &steps[count].service);
  const char *open = find(argument, '('), *close = find(open, ')'), *hash = find(open, '#');
  if (!colon || *colon != ':' || !*close || close[1] != '=' || count == MOST) {
    parigot_error("that is no step", "argument=%s", parigot_quote(argument));
    parigot_quit(1);
  }
  step *one = &steps[count++];
  one->written = argument;
  one->method = part(colon + 1, open);
  one->text = part(open + 1, hash < close ? hash : close);
  one->number = hash < close ? parigot_number(hash + 1) : 0;
  one->expected = close + 2;
}

static void run(void);

static void judge(int32_t code) {
  const step *one = &steps[at];
  const char *name = code ? parigot_error_name(code) : "ok";
  bool good = !strcmp(one->expected, name) || (code && !strcmp(one->expected, "error")) ||
              (code && parigot_number(one->expected) == code);
  parigot_log(good ? PARIGOT_INFO : PARIGOT_ERROR, good ? "as expected" : "not as expected",
              "step=%d call=%s outcome=%s code=%d", at + 1, parigot_quote(one->written), name, code);
  failures += !good;
  at++;
  run();
}

static void succeeded(void *user, parigot_message result) {
  (void)user, (void)result;
  judge(0);
}

static void failed(void *user, int32_t code) {
  (void)user;
  judge(code);
}

static void run(void) {
  if (at == count) {
    parigot_exit(failures ? 1 : (int32_t)parigot_number(option("exit", "0")));
    return;
  }
  const step *one = &steps[at];
  parigot_method method;
  int32_t code = parigot_locate_method(one->service.package, one->service.service, one->method, me, &method);
  if (code) {
    judge(code);
    return;
  }
  parigot_future *answer = parigot_dispatch(&method, TEXT, write_text(one->text, one->number));
  parigot_on_success(answer, succeeded, 0);
  parigot_on_failure(answer, failed, 0);
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  run();
}

int parigot_main(int argc, char **argv) {
  for (int i = 0; i < argc; i++)
    if (memcmp(argv[i], "exit=", 5) != 0) parse(argv[i]);
  must(parigot_register("driver", &me), "register");
  for (int i = 0; i < count; i++) {
    bool known = false;
    for (int j = 0; j < i; j++)
      known |= !strcmp(steps[j].service.package, steps[i].service.package) &&
               !strcmp(steps[j].service.service, steps[i].service.service);
    if (!known) must(parigot_require(me, &steps[i].service, 1), "require");
  }
  parigot_on_exit(say_goodbye, 0);
  start(me, ready);
  return 0;
}
