// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPosternShims.h"

#include <string.h>

const char *postern_error_text(int code) {
  const char *text = strerrordesc_np(code);
  return text ? text : "unknown error";
}
