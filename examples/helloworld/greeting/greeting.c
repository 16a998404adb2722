/* The service greeting.v1.Greeting: one method, three tongues. */
#include "parigot.h"

enum { ENGLISH = 1, FRENCH = 2, GERMAN = 3 }; /* greeting.v1.Tongue */
enum { UNMARSHAL_ERROR = 2, UNKNOWN_LANG = 4 }; /* greeting.v1.GreetErr */

static const char *const tongues[] = {"unspecified", "english", "french", "german"};
static const char *const greetings[] = {0, "hello", "bonjour", "guten tag"};

/* FetchGreeting(FetchGreetingRequest { Tongue tongue = 1; }) -> FetchGreetingResponse { string greeting = 1; } */
static void fetch_greeting(parigot_call *call, parigot_message request, void *user) {
  (void)user;
  int32_t tongue = 0;
  parigot_reader reader = parigot_read(request.value);
  parigot_field field;
  while (parigot_next(&reader, &field))
    if (field.number == 1 && field.wire == PARIGOT_VARINT) tongue = (int32_t)field.value;
  if (reader.malformed) {
    parigot_error("that request is no message", "bytes=%u", request.value.length);
    parigot_fail(call, UNMARSHAL_ERROR);
    return;
  }

  if (tongue < ENGLISH || tongue > GERMAN) {
    parigot_warn("nobody here speaks that", "tongue=%d", tongue);
    parigot_fail(call, UNKNOWN_LANG);
    return;
  }
  const char *greeting = greetings[tongue];
  parigot_info("greeting someone", "language=%s greeting=%s", tongues[tongue], parigot_quote(greeting));

  parigot_writer response = parigot_write(0, 0);
  parigot_put_string(&response, 1, greeting);
  parigot_reply(call, "greeting.v1.FetchGreetingResponse", parigot_written(&response));
}

static void ready(void *user, parigot_message result) {
  (void)user, (void)result;
  parigot_info("greeting ready", "languages=english,french,german");
}

static void failed(void *user, int32_t code) {
  (void)user;
  parigot_error("greeting cannot start", "error=%s", parigot_error_name(code));
  parigot_exit(1);
}

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  parigot_id me;
  int32_t code = parigot_register("greeting", &me);
  if (!code) code = parigot_export(me, &(parigot_name){"greeting.v1", "Greeting"}, 1);
  if (!code) code = parigot_bind(me, "FetchGreeting", fetch_greeting, 0);
  if (code) {
    parigot_error("greeting cannot be set up", "error=%s", parigot_error_name(code));
    return 1;
  }
  parigot_future *launched = parigot_launch(me);
  parigot_on_success(launched, ready, 0);
  parigot_on_failure(launched, failed, 0);
  return 0;
}
