/* What surrounds the guest: its arguments, environment, clock, chance, and its own host id. All of it is
 * asked of the host once, at the start. */

#define WASI(name) IMPORT("wasi_snapshot_preview1", name)

WASI("args_sizes_get") int32_t wasi_args_sizes_get(uint32_t *count, uint32_t *bytes);
WASI("args_get") int32_t wasi_args_get(char **list, char *bytes);
WASI("environ_sizes_get") int32_t wasi_environ_sizes_get(uint32_t *count, uint32_t *bytes);
WASI("environ_get") int32_t wasi_environ_get(char **list, char *bytes);
WASI("clock_time_get") int32_t wasi_clock_time_get(uint32_t clock, uint64_t precision, uint64_t *time);
WASI("random_get") int32_t wasi_random_get(void *to, uint32_t count);
WASI("proc_exit") _Noreturn void wasi_proc_exit(int32_t code);

typedef struct {
  uint64_t user;
  uint8_t kind; /* 0: a clock */
  uint8_t padding[7];
  uint32_t clock, more_padding;
  uint64_t timeout, precision;
  uint16_t flags;
  uint8_t last_padding[6];
} wasi_subscription;

WASI("poll_oneoff")
int32_t wasi_poll_oneoff(const wasi_subscription *in, void *out, uint32_t count, uint32_t *events);

#define MONOTONIC 1

static struct {
  uint32_t arguments, variables;
  char **argument, **variable;
  parigot_id host;
} world;

int parigot_argc(void) { return world.arguments ? (int)world.arguments - 1 : 0; }

char **parigot_argv(void) { return world.argument + (world.arguments ? 1 : 0); }

const char *parigot_env(const char *name) {
  size_t length = strlen(name);
  for (uint32_t i = 0; i < world.variables; i++)
    if (memcmp(world.variable[i], name, length) == 0 && world.variable[i][length] == '=')
      return world.variable[i] + length + 1;
  return NULL;
}

parigot_id parigot_host(void) { return world.host; }

uint64_t parigot_now(void) {
  uint64_t now = 0;
  wasi_clock_time_get(MONOTONIC, 1, &now);
  return now;
}

void parigot_sleep(uint64_t nanoseconds) {
  wasi_subscription until = {.clock = MONOTONIC, .timeout = nanoseconds};
  uint64_t event[4];
  uint32_t events;
  wasi_poll_oneoff(&until, event, 1, &events);
}

void parigot_random(void *to, uint32_t count) { wasi_random_get(to, count); }

_Noreturn void parigot_quit(int32_t code) { wasi_proc_exit(code); }

/* Random bits are fetched for many ids at a time: most calls of a guest need one id. */
parigot_id parigot_new_id(char letter) {
  static uint64_t pool[256];
  static uint32_t left;
  if (left < 2) {
    wasi_random_get(pool, sizeof pool);
    left = sizeof pool / sizeof *pool;
  }
  left -= 2;
  return (parigot_id){(uint64_t)(uint8_t)letter << 56 | pool[left] >> 16, pool[left + 1]};
}

parigot_id parigot_new_call_id(void) { return parigot_new_id('c'); }

static uint64_t hexadecimal(const char *text) {
  uint64_t value = 0;
  for (; text && *text; text++) value = value << 4 | (uint64_t)(*text <= '9' ? *text - '0' : (*text | 0x20) - 'a' + 10);
  return value;
}

static char **strings(uint32_t count, uint32_t bytes, int32_t (*get)(char **, char *)) {
  char **list = parigot_alloc_forever((count + 1) * (uint32_t)sizeof *list);
  char *data = parigot_alloc_forever(bytes + 1);
  if (!list || !data || get(list, data) != 0) __builtin_trap();
  list[count] = NULL;
  return list;
}

static void look_around(void) {
  uint32_t bytes;
  if (wasi_args_sizes_get(&world.arguments, &bytes) != 0) world.arguments = bytes = 0;
  world.argument = strings(world.arguments, bytes, wasi_args_get);
  if (wasi_environ_sizes_get(&world.variables, &bytes) != 0) world.variables = bytes = 0;
  world.variable = strings(world.variables, bytes, wasi_environ_get);
  world.host = (parigot_id){hexadecimal(parigot_env("HOSTID_HIGH")), hexadecimal(parigot_env("HOSTID_LOW"))};
}
