/* The service, in C. */
#include "conformance/v1/conformance.pb.h"

enum { MOST = 64 };
static struct {
  conformance_v1_Mirror_hold_call *call;
  conformance_v1_Text text;
} held[MOST];
static int count;

static void echo(conformance_v1_Mirror_echo_call *call, const conformance_v1_Text *request, void *user) {
  (void)user;
  conformance_v1_Mirror_echo_reply(call, request);
}

static void refuse(conformance_v1_Mirror_refuse_call *call, const conformance_v1_Code *request, void *user) {
  (void)user;
  conformance_v1_Mirror_refuse_fail(call, request->code);
}

static void hold(conformance_v1_Mirror_hold_call *call, const conformance_v1_Text *request, void *user) {
  (void)user;
  held[count].call = call;
  held[count].text = (conformance_v1_Text){.text = parigot_keep_bytes(request->text), .number = request->number};
  count++;
}

static void release(conformance_v1_Mirror_release_call *call, void *user) {
  (void)user;
  for (; count > 0; count--) conformance_v1_Mirror_hold_reply(held[count - 1].call, &held[count - 1].text);
  conformance_v1_Mirror_release_reply(call);
}

static void leave(conformance_v1_Mirror_leave_call *call, const conformance_v1_Code *request, void *user) {
  (void)call, (void)user;
  parigot_exit(request->code);
}

static const conformance_v1_Mirror_server server = {
    .echo = echo, .refuse = refuse, .hold = hold, .release = release, .leave = leave};

int parigot_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return parigot_start(&(parigot_guest){.name = "mirror", .serves = {conformance_v1_Mirror_serve(&server)}});
}
