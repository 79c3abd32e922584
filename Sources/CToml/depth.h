// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "CToml.h"

namespace postern {

/// The position of the first dotted key with too many parts, if any.
///
/// toml++ builds one table a part without any limit and destroys them recursively, so a line of dots would overflow the stack
/// before the tree could be looked at. Text that is not TOML may be read wrongly here: toml++ stops at the first error as well.
std::optional<ctoml_position> find_deep_key(std::string_view text, unsigned maximum_parts);

}  // namespace postern
