// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* TOML text as a flat list of nodes, over toml++ (https://marzer.github.io/tomlplusplus/). No exception leaves these calls. */

#ifdef __cplusplus
extern "C" {
#endif

/* Longer texts and deeper trees are refused: a configuration is small, and the parser and its destructors recurse. */
enum { CTOML_MAXIMUM_BYTES = 1 << 20, CTOML_MAXIMUM_DEPTH = 32 };

typedef enum ctoml_kind {
  CTOML_TABLE = 0,
  CTOML_ARRAY = 1,
  CTOML_STRING = 2,
  CTOML_INTEGER = 3,
  CTOML_BOOLEAN = 4,
  CTOML_DATE_TIME = 5, /* `text` is RFC 3339, without the offset where the value has none */
  CTOML_OTHER = 6,     /* `text` names the type */
} ctoml_kind;

/* Both count from 1; a column is a code point. */
typedef struct ctoml_position {
  uint32_t line, column;
} ctoml_position;

/* Texts are UTF-8, may hold NUL and live as long as their document. */
typedef struct ctoml_node {
  ctoml_kind kind;
  uint32_t child_count; /* the children follow in pre-order */
  const char *key;      /* NULL for elements of arrays and for the root */
  size_t key_length;
  ctoml_position key_position, position;
  const char *text;
  size_t text_length;
  int64_t integer; /* a boolean is 0 or 1 */
} ctoml_node;

typedef struct ctoml_document ctoml_document;

/* Never fails but for memory (NULL); whether the text was TOML, ctoml_error says. Free with ctoml_free. */
ctoml_document *ctoml_parse(const char *text, size_t length);

/* NULL when the text was TOML; else a message that lives as long as the document. */
const char *ctoml_error(const ctoml_document *document, ctoml_position *position);

/* The nodes in pre-order, children of a table in the order of the text; none after an error. */
size_t ctoml_count(const ctoml_document *document);
const ctoml_node *ctoml_nodes(const ctoml_document *document);

void ctoml_free(ctoml_document *document);

#ifdef __cplusplus
}
#endif
