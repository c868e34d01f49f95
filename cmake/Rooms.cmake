# Rooms.cmake - the source files of nsinit, and the rooms that a build can leave out

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.c)
list(FILTER sources EXCLUDE REGEX "/src/tools/")
