/* Any node of a dependency graph.
 *
 *   exports=a.v1.A,b.v1.B    names it offers; none for a program
 *   requires=c.v1.C          names it needs
 *   calls=100                a program: calls the first name it needs that often, one after the other
 *   asks=1                   a service: while it answers Ping, it asks the first name it needs in turn; when it
 *                            is pinged with "leave", it asks and then ends without waiting for the answer
 *
 * A program ends with 0 once all its calls are answered, with 1 when one fails. */
#include "app.h"

#define MOST 512

static parigot_name exported[MOST], required[MOST];
static uint32_t exports, requires;
static parigot_id me;
static parigot_method next;
static bool found, asks;
static int64_t calls;

static int32_t find_next(void) {
  if (found) return 0;
  int32_t code = parigot_locate_method(required[0].package, required[0].service, "Ping", me, &next);
  found = !code;
  return code;
}

/* ---- a service ---- */

static void passed_on(void *user, parigot_message result) {
  text_message got = read_text(result);
  parigot_reply(user, TEXT, write_text(got.text, got.number + 1));
}

static void not_passed_on(void *user, int32_t code) { parigot_fail(user, code); }

static void ping(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  if (!asks || !requires) {
    parigot_reply(call, TEXT, request.value);
    return;
  }
  int32_t code = find_next();
  if (code) {
    parigot_fail(call, code);
    return;
  }
  parigot_future *answer = parigot_dispatch(&next, TEXT, request.value);
  parigot_on_success(answer, passed_on, call);
  parigot_on_failure(answer, not_passed_on, call);
  if (!strcmp(read_text(request).text, "leave")) parigot_quit(0);
}

/* ---- a program ---- */

static void go_on(void);

static void answered(void *user, parigot_message result) {
  (void)user, (void)result;
  go_on();
}

static void refused(void *user, int32_t code) {
  (void)user;
  parigot_error("a ping failed", "error=%s left=%lld", parigot_error_name(code), (long long)calls);
  parigot_exit(1);
}

static void go_on(void) {
  if (calls-- <= 0) {
    parigot_exit(0);
    return;
  }
  parigot_future *answer = parigot_dispatch(&next, TEXT, write_text("ping", calls));
  parigot_on_success(answer, answered, 0);
  parigot_on_failure(answer, refused, 0);
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  if (exports) return;
  int32_t code = calls > 0 ? find_next() : 0;
  if (code) refused(0, code);
  else go_on();
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  exports = names_in(option("exports", ""), exported, MOST);
  requires = names_in(option("requires", ""), required, MOST);
  calls = parigot_number(option("calls", "0"));
  asks = *option("asks", "") == '1';
  must(parigot_register(exports ? exported[0].service : "program", &me), "register");
  if (requires) must(parigot_require(me, required, requires), "require");
  if (exports) {
    must(parigot_export(me, exported, exports), "export");
    must(parigot_bind(me, "Ping", ping, 0), "bind Ping");
  }
  start(me, ready);
  return 0;
}
