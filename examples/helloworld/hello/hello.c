/* The program hello: asks greeting.v1.Greeting for a greeting, in French unless the first argument names
 * another tongue, and prints it. "klingon" shows what an error looks like. */
#include "parigot.h"

static const char *const tongues[] = {"unspecified", "english", "french", "german", "klingon"};
enum { FRENCH = 2, TONGUES = sizeof tongues / sizeof *tongues };
enum { UNKNOWN_LANG = 4 }; /* greeting.v1.GreetErr */

static parigot_id me;
static int32_t tongue = FRENCH;

static void greeted(void *user, parigot_message result) {
  (void)user;
  const char *greeting = "";
  parigot_reader reader = parigot_read(result.value);
  parigot_field field;
  while (parigot_next(&reader, &field))
    if (field.number == 1 && field.wire == PARIGOT_BYTES) greeting = parigot_string(field.bytes);
  parigot_print("%s world\n", greeting);
  parigot_exit(0);
}

static void refused(void *user, int32_t code) {
  (void)user;
  parigot_error("no greeting for us", "language=%s code=%d error=%s", tongues[tongue], code,
                code == UNKNOWN_LANG ? "UnknownLang" : parigot_error_name(code));
  parigot_exit(1);
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  parigot_method fetch;
  int32_t code = parigot_locate_method("greeting.v1", "Greeting", "FetchGreeting", me, &fetch);
  if (code) {
    refused(0, code);
    return;
  }
  parigot_writer request = parigot_write(0, 0);
  parigot_put_int(&request, 1, tongue);
  parigot_future *answer =
      parigot_dispatch(&fetch, "greeting.v1.FetchGreetingRequest", parigot_written(&request));
  parigot_on_success(answer, greeted, 0);
  parigot_on_failure(answer, refused, 0);
}

static void failed(void *user, int32_t code) {
  (void)user;
  parigot_error("hello cannot start", "error=%s", parigot_error_name(code));
  parigot_exit(1);
}

int parigot_main(int argc, char **argv) {
  for (int32_t i = 1; argc > 0 && i < TONGUES; i++)
    if (strcmp(argv[0], tongues[i]) == 0) tongue = i;

  int32_t code = parigot_register("hello", &me);
  if (!code) code = parigot_require(me, &(parigot_name){"greeting.v1", "Greeting"}, 1);
  if (code) {
    parigot_error("hello cannot be set up", "error=%s", parigot_error_name(code));
    return 1;
  }
  parigot_future *launched = parigot_launch(me);
  parigot_on_success(launched, ready, 0);
  parigot_on_failure(launched, failed, 0);
  return 0;
}
