# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Warnings for everything that this project builds itself. Consumers get none of them.
option(PEL_WARNINGS_AS_ERRORS "Stop at the first warning" ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(PEL_WARNINGS_AS_ERRORS)
    add_compile_options(-Werror)
endif()
