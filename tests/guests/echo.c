/* Echo: the healthy service of most test apps.
 *
 *   exports=test.v1.Echo   the name it is known by
 *   quiet=1                no line for each call */
#include "app.h"

static bool quiet;

static void echo(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  text_message asked = read_text(request);
  if (!quiet) parigot_info("echo", "text=%s number=%lld", parigot_quote(asked.text), (long long)asked.number);
  parigot_reply(call, TEXT, write_text(asked.text, asked.number));
}

static void inflate(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  uint32_t size = (uint32_t)read_text(request).number;
  char *text = parigot_alloc(size + 1);
  if (!text) {
    parigot_fail(call, PARIGOT_DATA_TOO_LARGE);
    return;
  }
  memset(text, 'x', size);
  text[size] = 0;
  int32_t code = parigot_reply(call, TEXT, write_text(text, 0));
  if (code) parigot_warn("the reply was refused", "bytes=%u error=%s", size, parigot_error_name(code));
}

static void refuse(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  int64_t code = read_text(request).number;
  parigot_fail(call, code ? (int32_t)code : 42);
}

static void swallow(parigot_call *call, parigot_message request, void *user) {
  (void)call, (void)request, (void)user;
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  parigot_info("echo ready", "");
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  parigot_name name;
  quiet = *option("quiet", "") == '1';
  split_name(option("exports", "test.v1.Echo"), &name);
  must(parigot_register(name.service, &me), "register");
  must(parigot_export(me, &name, 1), "export");
  must(parigot_bind(me, "Echo", echo, 0), "bind Echo");
  must(parigot_bind(me, "Inflate", inflate, 0), "bind Inflate");
  must(parigot_bind(me, "Refuse", refuse, 0), "bind Refuse");
  must(parigot_bind(me, "Swallow", swallow, 0), "bind Swallow");
  parigot_on_exit(say_goodbye, 0);
  start(me, ready);
  return 0;
}
