bin/storm.o: storm.c spread.h endpoint.h clients.h members.h
