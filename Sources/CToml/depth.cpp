// SPDX-License-Identifier: Apache-2.0
#include "depth.h"

#include <cstring>

namespace postern {
namespace {

bool has(std::string_view text, size_t at, std::string_view word) { return text.substr(at, word.size()) == word; }

// Where the comment that starts at `at` ends.
size_t after_comment(std::string_view text, size_t at) {
  const size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end;
}

// Where the string that starts at `at` ends; with a backslash only in basic strings. A text of three quotes may end in five.
size_t after_string(std::string_view text, size_t at) {
  const char quote = text[at];
  const bool is_long = has(text, at, quote == '"' ? "\"\"\"" : "'''");
  const std::string_view closing = text.substr(at, is_long ? 3 : 1);
  at += closing.size();
  while (at < text.size() && !has(text, at, closing)) {
    if (!is_long && text[at] == '\n') return at;
    at += quote == '"' && text[at] == '\\' ? 2 : 1;
  }
  at += closing.size();
  for (int extra = 0; is_long && extra < 2 && at < text.size() && text[at] == quote; ++extra) ++at;
  return at < text.size() ? at : text.size();
}

ctoml_position position_of(std::string_view text, size_t at) {
  ctoml_position position{1, 1};
  for (size_t index = 0; index < at; ++index) {
    const auto byte = static_cast<unsigned char>(text[index]);
    if (byte == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((byte & 0xC0) != 0x80) {
      ++position.column;
    }
  }
  return position;
}

}  // namespace

std::optional<ctoml_position> find_deep_key(std::string_view text, unsigned maximum_parts) {
  unsigned parts = 1;
  size_t at = 0;
  while (at < text.size()) {
    const char character = text[at];
    if (character == '#') {
      at = after_comment(text, at);
    } else if (character == '"' || character == '\'') {
      at = after_string(text, at);
    } else {
      if (character == '.' && ++parts > maximum_parts) return position_of(text, at);
      if (std::strchr("\n=,[]{}", character)) parts = 1;
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace postern
