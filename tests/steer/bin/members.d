bin/members.o: members.c members.h endpoint.h
