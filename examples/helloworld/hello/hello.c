/* The program hello: asks greeting.v1.Greeting for a greeting, in French unless the first argument names
 * another tongue, and prints it. "klingon" shows what an error looks like. */
#include "greeting/v1/greeting.pb.h"

static const char *const tongues[] = {"unspecified", "english", "french", "german", "klingon"};
enum { TONGUES = sizeof tongues / sizeof *tongues };

static greeting_v1_Greeting_client greeting;
static greeting_v1_Tongue tongue = greeting_v1_Tongue_French;

static void greeted(void *user, const greeting_v1_FetchGreetingResponse *reply) {
  (void)user;
  parigot_print("%s world\n", parigot_string(reply->greeting));
  parigot_exit(0);
}

static void refused(void *user, int32_t code) {
  (void)user;
  parigot_error("no greeting for us", "language=%s code=%d error=%s", tongues[tongue], code,
                greeting_v1_GreetErr_name(code));
  parigot_exit(1);
}

static void ready(void *user) {
  greeting_v1_FetchGreetingRequest request = {.tongue = tongue};
  greeting_v1_Greeting_fetch_greeting_future answer = greeting_v1_Greeting_fetch_greeting(&greeting, &request);
  greeting_v1_Greeting_fetch_greeting_on_success(answer, greeted, user);
  greeting_v1_Greeting_fetch_greeting_on_failure(answer, refused, user);
}

int parigot_main(int argc, char **argv) {
  for (int32_t i = 1; argc > 0 && i < TONGUES; i++)
    if (strcmp(argv[0], tongues[i]) == 0) tongue = i;

  return parigot_start(&(parigot_guest){
      .name = "hello",
      .uses = {greeting_v1_Greeting_use(&greeting)},
      .ready = ready,
  });
}
