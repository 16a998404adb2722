/* parigot_rpc.h: what generated clients and servers stand on, and how a guest starts.
 *
 * A service, and a program that calls it, from `service Greeting { rpc FetchGreeting(...) ... }`:
 *
 *     static void fetch_greeting(greeting_v1_Greeting_fetch_greeting_call *call,
 *                                const greeting_v1_FetchGreetingRequest *request, void *user) {
 *       greeting_v1_FetchGreetingResponse reply = {.greeting = parigot_text("hello")};
 *       greeting_v1_Greeting_fetch_greeting_reply(call, &reply);
 *     }
 *     static const greeting_v1_Greeting_server server = {.fetch_greeting = fetch_greeting};
 *
 *     int parigot_main(int argc, char **argv) {
 *       return parigot_start(&(parigot_guest){.name = "greeting", .serves = {greeting_v1_Greeting_serve(&server)}});
 *     }
 *
 *     static greeting_v1_Greeting_client greeting;
 *     static void ready(void *user) {
 *       greeting_v1_FetchGreetingRequest request = {.tongue = greeting_v1_Tongue_French};
 *       greeting_v1_Greeting_fetch_greeting_future answer = greeting_v1_Greeting_fetch_greeting(&greeting, &request);
 *       greeting_v1_Greeting_fetch_greeting_on_success(answer, greeted, user);
 *       greeting_v1_Greeting_fetch_greeting_on_failure(answer, refused, user);
 *     }
 *     ... parigot_start(&(parigot_guest){.name = "hello", .uses = {greeting_v1_Greeting_use(&greeting)}, .ready = ready});
 *
 * A handler answers by `_reply` or `_fail`, at once or, if it keeps `call`, in some later event: exactly one
 * answer. Requests and replies live in the event's memory: what is needed later has to be copied.
 */
#ifndef PARIGOT_RPC_H
#define PARIGOT_RPC_H

#include "parigot.h"
#include "parigot_codec.h"

/* Codes below 4 mean the same for every service. */
enum { PARIGOT_DISPATCH_FAILED = 1, PARIGOT_UNMARSHAL_ERROR = 2, PARIGOT_MARSHAL_ERROR = 3 };

/* ---- starting ---- */

/* A service that a guest calls; made by NAME_use(&client). */
typedef struct {
  parigot_name name;
  uint32_t count;
  const char *const *methods;
  parigot_method *into;
} parigot_use;

/* A service that a guest offers; made by NAME_serve(&server). */
typedef struct {
  parigot_name name;
  uint32_t count;
  const char *const *methods;
  const parigot_handler *handlers;
  void (*ready)(void *user);
  const void *server;
  void *user;
} parigot_serve;

enum { PARIGOT_MOST_USES = 32, PARIGOT_MOST_SERVES = 8 };

/* A guest: what it calls, what it offers, and what it does once everything that it calls is there. */
typedef struct {
  const char *name; /* for logs and tools */
  parigot_use uses[PARIGOT_MOST_USES];
  parigot_serve serves[PARIGOT_MOST_SERVES];
  void (*ready)(void *user);                  /* or NULL; before the `ready` of the services offered */
  void (*failed)(void *user, int32_t code);   /* cannot start; NULL: logs it and exits with 1 */
  void *user;
} parigot_guest;

/* Registers a guest, requires what it uses, exports and binds what it serves, and launches it. When that is
 * through, its clients are located and `ready` is called. Once in a guest, from parigot_main, which returns
 * the result: 0, or 1 with a line in the log. */
int parigot_start(const parigot_guest *guest);

/* The guest's own service id, for NAME_locate; known from parigot_start on. */
parigot_id parigot_self(void);

/* ---- memory that outlives an event ---- */

/* Memory until it is released, for what a guest needs in a later event: `call`, parts of its request. NULL when
 * the guest's memory is used up. */
void *parigot_keep(uint32_t size);
void parigot_release(const void *memory); /* NULL is fine */
/* A copy of text or bytes in such memory; release its `data`. No bytes when memory is used up. */
parigot_bytes parigot_keep_bytes(parigot_bytes bytes);

/* ---- for generated code ---- */

typedef struct parigot_rpc parigot_rpc;

/* Looks up the methods of a service. One that is not offered there fails when it is called, with NotFound. */
int32_t parigot_rpc_locate(const parigot_use *use, parigot_id called_by);

/* Hands a reply to a typed callback. */
typedef void (*parigot_deliver)(void (*callback)(void), void *user, const void *reply);

/* A call. `message` NULL: an empty one; `reply` NULL: there is nothing to decode. NULL: no memory. */
parigot_rpc *parigot_rpc_call(const parigot_method *method, const parigot_table *request, const void *message,
                              const parigot_table *reply, parigot_deliver deliver);
void parigot_rpc_on_success(parigot_rpc *rpc, void (*callback)(void), void *user);
void parigot_rpc_on_failure(parigot_rpc *rpc, parigot_failure callback, void *user);

/* A message decoded, in the event's memory; NULL, after a line in the log, when it is malformed. */
void *parigot_rpc_request(parigot_call *call, parigot_message request, const parigot_table *table, const char *method);
void parigot_rpc_unimplemented(parigot_call *call, const char *method);
/* Answers; a message that cannot be written makes the call fail with MarshalError. Returns as parigot_reply. */
int32_t parigot_rpc_reply(parigot_call *call, const parigot_table *table, const void *message);

#endif
