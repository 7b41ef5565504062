mod behaviour;
mod histories;
mod model;
mod powers;
mod told;
