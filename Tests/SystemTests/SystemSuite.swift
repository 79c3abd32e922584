// SPDX-License-Identifier: Apache-2.0
import Testing

/// Whole-system tests on real packets, one after another: they share a machine of two cores and measure time.
@Suite(.serialized, .enabled(if: Lab.obstacle == nil, Comment(rawValue: Lab.obstacle ?? "")))
struct SystemSuite {}
