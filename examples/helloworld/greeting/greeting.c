/* The service greeting.v1.Greeting: one method, three tongues. */
#include "greeting/v1/greeting.pb.h"

static const char *const tongues[] = {"unspecified", "english", "french", "german"};
static const char *const greetings[] = {0, "hello", "bonjour", "guten tag"};

static void fetch_greeting(greeting_v1_Greeting_fetch_greeting_call *call,
                           const greeting_v1_FetchGreetingRequest *request, void *user) {
  (void)user;
  greeting_v1_Tongue tongue = request->tongue;
  if (tongue < greeting_v1_Tongue_English || tongue > greeting_v1_Tongue_German) {
    parigot_warn("nobody here speaks that", "tongue=%d", tongue);
    greeting_v1_Greeting_fetch_greeting_fail(call, greeting_v1_GreetErr_UnknownLang);
    return;
  }
  const char *greeting = greetings[tongue];
  parigot_info("greeting someone", "language=%s greeting=%s", tongues[tongue], parigot_quote(greeting));

  greeting_v1_FetchGreetingResponse reply = {.greeting = parigot_text(greeting)};
  greeting_v1_Greeting_fetch_greeting_reply(call, &reply);
}

static void ready(void *user) {
  (void)user;
  parigot_info("greeting ready", "languages=english,french,german");
}

static const greeting_v1_Greeting_server server = {.fetch_greeting = fetch_greeting, .ready = ready};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(&(parigot_guest){
      .name = "greeting",
      .serves = {greeting_v1_Greeting_serve(&server)},
  });
}
