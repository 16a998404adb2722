/* parigot.c: the SDK for guests in C, the one file to compile with a guest's own sources.
 *
 * It is one translation unit of a few parts, so that the path of a call (write, dispatch, read, answer) can be
 * inlined and nothing but parigot.h is visible outside. */
#include "parigot.h"

#if PARIGOT_RECEIVE_BUFFER < 4096 || PARIGOT_RECEIVE_BUFFER > 16 * 1024 * 1024
#error "PARIGOT_RECEIVE_BUFFER must be 4096 .. 16 MiB"
#endif

/* The SDK's own debug information would be five times the size of its code, in every guest. */
#ifndef PARIGOT_DEBUG_SDK
#pragma clang attribute push(__attribute__((nodebug)), apply_to = any(hasType(functionType), variable(unless(is_parameter))))
#endif

#include "parts/memory.c"
#include "parts/wire.c"

/* Not on the path of a call: small is better than fast. */
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#include "parts/output.c"
#include "parts/world.c"
#include "parts/setup.c"
#pragma clang attribute pop

#include "parts/calls.c"
#include "parts/loop.c"

#ifndef PARIGOT_DEBUG_SDK
#pragma clang attribute pop
#endif
