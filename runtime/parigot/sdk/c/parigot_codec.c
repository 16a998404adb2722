/* parigot_codec.c: compiled along when a guest uses generated code. A file apart from parigot.c, so that
 * guests without generated code stay as they are. */
#include "parigot_codec.h"

#if defined(__clang__) && !defined(PARIGOT_DEBUG_SDK)
#pragma clang attribute push(__attribute__((nodebug)), apply_to = any(hasType(functionType), variable(unless(is_parameter))))
#endif

#include "parts/fields.c"

#include "parts/encode.c"
#include "parts/decode.c"
#include "parts/maps.c"

#if defined(__clang__) && !defined(PARIGOT_DEBUG_SDK)
#pragma clang attribute pop
#endif
