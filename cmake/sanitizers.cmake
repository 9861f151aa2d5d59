# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# PEL_SANITIZE=thread or PEL_SANITIZE=address,undefined builds everything here with that sanitizer.
set(PEL_SANITIZE "" CACHE STRING "Sanitizers for tests and examples, separated by commas")

if(PEL_SANITIZE)
    add_compile_options(-fsanitize=${PEL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${PEL_SANITIZE})
endif()
