// SPDX-License-Identifier: Apache-2.0
// What tests need of the system and products never do.
#include "LabSupport.h"
#include "NetworkSupport.h"
#include "PlatformSupport.h"
#include "RelaySupport.h"
#include "TerminalSupport.h"
