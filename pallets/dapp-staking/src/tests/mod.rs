mod behaviour;
mod histories;
mod model;
