// SPDX-License-Identifier: Apache-2.0
#include "CToml.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "depth.h"

// A broken assumption of the parser becomes an error of the text instead of an abort or, with NDEBUG, undefined behaviour.
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : throw std::logic_error("the TOML parser gave up"))
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

struct ctoml_document {
  std::vector<ctoml_node> nodes;
  std::deque<std::string> texts;  // a deque: growth moves no string, so the nodes can point into them
  std::string error;
  ctoml_position error_position{1, 1};

  void refuse(std::string_view message, ctoml_position position) {
    nodes.clear();
    error = message.empty() ? "not TOML" : message;
    error_position = position;
  }
};

namespace {

constexpr unsigned maximum_key_parts = 16;

struct too_deep {
  ctoml_position position;
};

ctoml_position position_of(const toml::source_region &region) { return {region.begin.line, region.begin.column}; }

void set_text(ctoml_document &document, ctoml_node &node, std::string text) {
  const std::string &kept = document.texts.emplace_back(std::move(text));
  node.text = kept.data();
  node.text_length = kept.size();
}

void set_key(ctoml_document &document, ctoml_node &node, const toml::key &key) {
  const std::string &kept = document.texts.emplace_back(key.str());
  node.key = kept.data();
  node.key_length = kept.size();
  node.key_position = position_of(key.source());
}

std::string date_text(const toml::date &date) {
  char text[32];
  std::snprintf(text, sizeof text, "%04u-%02u-%02u", unsigned{date.year}, unsigned{date.month}, unsigned{date.day});
  return text;
}

std::string time_text(const toml::time &time) {
  char text[32];
  std::snprintf(text, sizeof text, "T%02u:%02u:%02u", unsigned{time.hour}, unsigned{time.minute}, unsigned{time.second});
  std::string whole = text;
  if (time.nanosecond == 0) return whole;
  std::snprintf(text, sizeof text, ".%09u", unsigned{time.nanosecond});
  return whole + text;
}

std::string offset_text(const toml::time_offset &offset) {
  if (offset.minutes == 0) return "Z";
  const int minutes = offset.minutes < 0 ? -offset.minutes : offset.minutes;
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", offset.minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
  return text;
}

std::string date_time_text(const toml::date_time &value) {
  return date_text(value.date) + time_text(value.time) + (value.offset ? offset_text(*value.offset) : "");
}

void flatten(ctoml_document &document, const toml::node &source, const toml::key *key, int depth);

void flatten_table(ctoml_document &document, const toml::table &table, int depth) {
  std::vector<std::pair<const toml::key *, const toml::node *>> children;
  for (auto &&[key, value] : table) children.emplace_back(&key, &value);
  // toml++ keeps tables sorted by name; errors and positions in tables of ours follow the text.
  std::sort(children.begin(), children.end(), [](const auto &left, const auto &right) {
    const auto first = left.first->source().begin, second = right.first->source().begin;
    return first.line != second.line ? first.line < second.line : first.column < second.column;
  });
  for (const auto &child : children) flatten(document, *child.second, child.first, depth + 1);
}

// Fills in kind and value of a node that has no children.
void set_value(ctoml_document &document, ctoml_node &node, const toml::node &source) {
  node.kind = CTOML_OTHER;
  if (const auto *text = source.as_string()) {
    node.kind = CTOML_STRING;
    set_text(document, node, text->get());
  } else if (const auto *integer = source.as_integer()) {
    node.kind = CTOML_INTEGER;
    node.integer = integer->get();
  } else if (const auto *boolean = source.as_boolean()) {
    node.kind = CTOML_BOOLEAN;
    node.integer = boolean->get() ? 1 : 0;
  } else if (const auto *moment = source.as_date_time()) {
    node.kind = CTOML_DATE_TIME;
    set_text(document, node, date_time_text(moment->get()));
  } else if (const auto *date = source.as_date()) {
    node.kind = CTOML_DATE_TIME;
    set_text(document, node, date_text(date->get()));
  } else {
    set_text(document, node, source.is_time() ? "time" : "float");
  }
}

void flatten(ctoml_document &document, const toml::node &source, const toml::key *key, int depth) {
  ctoml_node node{};
  node.position = position_of(source.source());
  if (depth > CTOML_MAXIMUM_DEPTH) throw too_deep{node.position};
  if (key) set_key(document, node, *key);
  if (const auto *table = source.as_table()) {
    node.kind = CTOML_TABLE;
    node.child_count = static_cast<uint32_t>(table->size());
    document.nodes.push_back(node);
    flatten_table(document, *table, depth);
  } else if (const auto *array = source.as_array()) {
    node.kind = CTOML_ARRAY;
    node.child_count = static_cast<uint32_t>(array->size());
    document.nodes.push_back(node);
    for (const auto &element : *array) flatten(document, element, nullptr, depth + 1);
  } else {
    set_value(document, node, source);
    document.nodes.push_back(node);
  }
}

void parse(ctoml_document &document, std::string_view text) {
  if (text.size() > CTOML_MAXIMUM_BYTES) return document.refuse("the text is longer than 1 MiB", {1, 1});
  if (const auto deep = postern::find_deep_key(text, maximum_key_parts))
    return document.refuse("a dotted key has too many parts", *deep);
  const toml::table root = toml::parse(text);
  flatten(document, root, nullptr, 0);
}

}  // namespace

extern "C" ctoml_document *ctoml_parse(const char *text, size_t length) try {
  auto *document = new ctoml_document;
  try {
    parse(*document, {text, length});
  } catch (const toml::parse_error &error) {
    document->refuse(error.description(), position_of(error.source()));
  } catch (const too_deep &error) {
    document->refuse("values are nested too deeply", error.position);
  } catch (const std::logic_error &error) {
    document->refuse(error.what(), {1, 1});
  } catch (...) {
    delete document;
    return nullptr;
  }
  return document;
} catch (...) {
  return nullptr;
}

extern "C" const char *ctoml_error(const ctoml_document *document, ctoml_position *position) {
  if (document->error.empty()) return nullptr;
  *position = document->error_position;
  return document->error.c_str();
}

extern "C" size_t ctoml_count(const ctoml_document *document) { return document->nodes.size(); }

extern "C" const ctoml_node *ctoml_nodes(const ctoml_document *document) { return document->nodes.data(); }

extern "C" void ctoml_free(ctoml_document *document) { delete document; }
