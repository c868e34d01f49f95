# License.cmake - the licence as a string in the binary: an image may hold no other file

set(NSINIT_GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")
file(READ "${PROJECT_SOURCE_DIR}/LICENSE" license)
string(REPLACE "\\" "\\\\" license "${license}")
string(REPLACE "\"" "\\\"" license "${license}")
string(REPLACE "\n" "\\n\"\n    \"" license "${license}")
file(CONFIGURE OUTPUT "${NSINIT_GENERATED_DIR}/license.h"
    CONTENT "static const char license_text[] =\n    \"@license@\";\n" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/LICENSE")
