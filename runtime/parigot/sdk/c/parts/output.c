/* Text for people: a small printf, log lines, and names of errors. Everything leaves through fd_write, in
 * pieces of at most one buffer; the host puts lines together again. */

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

typedef struct {
  const void *data;
  uint32_t length;
} wasi_vector;

IMPORT("wasi_snapshot_preview1", "fd_write")
int32_t wasi_fd_write(int32_t fd, const wasi_vector *vectors, uint32_t count, uint32_t *written);

typedef struct {
  char *buffer;
  uint32_t size, used, total;
  int32_t fd; /* below 0: what does not fit is only counted */
} sink;

static void flush(sink *out) {
  uint32_t written;
  wasi_vector vector = {out->buffer, out->used};
  if (out->used) wasi_fd_write(out->fd, &vector, 1, &written);
  out->used = 0;
}

static inline void put(sink *out, char one) {
  out->total++;
  if (out->used == out->size) {
    if (out->fd < 0) return;
    flush(out);
  }
  out->buffer[out->used++] = one;
}

static void put_text(sink *out, const char *text, uint32_t length) {
  while (length--) put(out, *text++);
}

/* In double quotes, as Go and Python write strings. */
static void put_quoted(sink *out, const char *text) {
  static const char hex[] = "0123456789abcdef";
  put(out, '"');
  for (; *text; text++) {
    uint8_t one = (uint8_t)*text;
    if (one == '"' || one == '\\') put(out, '\\'), put(out, *text);
    else if (one == '\n') put_text(out, "\\n", 2);
    else if (one == '\t') put_text(out, "\\t", 2);
    else if (one < 0x20 || one == 0x7f) put_text(out, "\\x", 2), put(out, hex[one >> 4]), put(out, hex[one & 15]);
    else put(out, *text);
  }
  put(out, '"');
}

typedef struct {
  bool left, zero, capital;
  uint32_t width;
} style;

static void put_padded(sink *out, const char *sign, const char *text, uint32_t length, style how) {
  uint32_t signs = (uint32_t)strlen(sign), whole = length + signs;
  uint32_t pad = how.width > whole ? how.width - whole : 0;
  if (!how.left && !how.zero)
    for (; pad; pad--) put(out, ' ');
  put_text(out, sign, signs);
  if (how.zero && !how.left)
    for (; pad; pad--) put(out, '0');
  put_text(out, text, length);
  for (; pad; pad--) put(out, ' ');
}

static void put_number(sink *out, const char *sign, uint64_t value, uint32_t base, style how) {
  const char *digits = how.capital ? "0123456789ABCDEF" : "0123456789abcdef";
  char text[20];
  uint32_t at = sizeof text;
  do text[--at] = digits[value % base];
  while (value /= base);
  put_padded(out, sign, text + at, (uint32_t)sizeof text - at, how);
}

static uint32_t number_in(const char **format) {
  uint32_t value = 0;
  while (**format >= '0' && **format <= '9') value = value * 10 + (uint32_t)(*(*format)++ - '0');
  return value;
}

static void put_format(sink *out, const char *format, va_list arguments) {
  for (; *format; format++) {
    if (*format != '%') {
      put(out, *format);
      continue;
    }
    style how = {0};
    for (format++; *format == '-' || *format == '0'; format++) {
      if (*format == '-') how.left = true;
      else how.zero = true;
    }
    how.width = number_in(&format);
    uint32_t precision = 0xffffffffu;
    if (*format == '.') {
      format++;
      if (*format == '*') precision = (uint32_t)va_arg(arguments, int), format++;
      else precision = number_in(&format);
    }
    bool wide = false; /* long is 32 bits here */
    for (; *format == 'l' || *format == 'h' || *format == 'z'; format++)
      if (format[0] == 'l' && format[-1] == 'l') wide = true;
    switch (*format) {
      case 's': {
        const char *text = va_arg(arguments, const char *);
        if (!text) text = "(null)";
        uint32_t length = 0;
        while (length < precision && text[length]) length++;
        how.zero = false;
        put_padded(out, "", text, length, how);
        break;
      }
      case 'c': {
        char one = (char)va_arg(arguments, int);
        put_padded(out, "", &one, 1, how);
        break;
      }
      case 'd':
      case 'i': {
        int64_t value = wide ? va_arg(arguments, int64_t) : va_arg(arguments, int32_t);
        put_number(out, value < 0 ? "-" : "", value < 0 ? -(uint64_t)value : (uint64_t)value, 10, how);
        break;
      }
      case 'X':
        how.capital = true;
        __attribute__((fallthrough));
      case 'u':
      case 'x':
      case 'p': {
        uint64_t value = wide ? va_arg(arguments, uint64_t) : va_arg(arguments, uint32_t);
        put_number(out, *format == 'p' ? "0x" : "", value, *format == 'u' ? 10 : 16, how);
        break;
      }
      case 0:
        return;
      default: /* also %% */
        put(out, *format);
    }
  }
}

uint32_t parigot_format(char *out, uint32_t size, const char *format, ...) {
  sink text = {out, size ? size - 1 : 0, 0, 0, -1};
  va_list arguments;
  va_start(arguments, format);
  put_format(&text, format, arguments);
  va_end(arguments);
  if (size) out[text.used] = 0;
  return text.total;
}

const char *parigot_quote(const char *text) {
  sink measured = {NULL, 0, 0, 0, -1};
  put_quoted(&measured, text);
  char *out = parigot_alloc(measured.total + 1);
  if (!out) return "\"\"";
  sink written = {out, measured.total, 0, 0, -1};
  put_quoted(&written, text);
  out[written.used] = 0;
  return out;
}

void parigot_print(const char *format, ...) {
  char buffer[512];
  sink out = {buffer, sizeof buffer, 0, 0, 1};
  va_list arguments;
  va_start(arguments, format);
  put_format(&out, format, arguments);
  va_end(arguments);
  flush(&out);
}

void parigot_log(parigot_level level, const char *message, const char *attributes, ...) {
  static const char *const names[] = {"DEBUG", "INFO", "WARN", "ERROR"};
  char buffer[512];
  sink out = {buffer, sizeof buffer, 0, 0, 2};
  const char *name = names[(uint32_t)level < 4 ? level : PARIGOT_ERROR];
  put_text(&out, "level=", 6);
  put_text(&out, name, (uint32_t)strlen(name));
  put_text(&out, " msg=", 5);
  put_quoted(&out, message);
  if (*attributes) {
    va_list arguments;
    put(&out, ' ');
    va_start(arguments, attributes);
    put_format(&out, attributes, arguments);
    va_end(arguments);
  }
  put(&out, '\n');
  flush(&out);
}

const char *parigot_error_name(int32_t code) {
  static const char *const names[] = {
      "NoError", "LocateError", "UnmarshalFailed", "IdDispatch", "NamespaceExhausted", "NotFound", "DataTooLarge",
      "MarshalFailed", "CallerUnavailable", "ServiceAlreadyClosedOrExported", "ServiceAlreadyRequired",
      "DependencyCycle", "NetworkFailed", "NetworkConnectionLost", "DataTooSmall", "KernelConnectionFailed",
      "NSRetryFailed", "DecodeError", "ExecError", "KernelDependencyFailure", "AbortRequest", "code", "EncodeError",
      "ClosedErr", "GuestReadFailed", "GuestWriteFailed", "BadId", "NotReady", "NotRequired", "RunTimeout",
      "ReadOneTimeout", "WriteTimeout", "BadCallId", "ChannelClosed", "ExitFailed",
  };
  return code >= 0 && code < (int32_t)(sizeof names / sizeof *names) ? names[code] : "code";
}
